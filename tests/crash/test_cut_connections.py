"""Database connections are cut at random, often: far more instants than whole kills can meet."""

import random
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.application import mail
from tests.daemon.workplace import Workplace, workplace
from tests.servers.process import wait_until

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

BACKENDS = """
    SELECT pid FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
     ORDER BY state = 'active' DESC, pid
"""
LEFT = """
    SELECT (SELECT count(*) FROM messages WHERE state = 'new'),
           (SELECT count(*) FROM replies WHERE state = 'queued'),
           (SELECT count(*) FROM procrastinate_jobs
             WHERE NOT (task_name IN ('fire_alarms', 'follow_up', 'digest')
                        AND scheduled_at > now()))
"""
OUTCOMES = "SELECT outcome, error, count(*) FROM messages GROUP BY 1, 2"
BATCHES, SIZE = 4, 6
CUTS = 30
"""In each batch."""
PATIENCE = 100.0


@pytest.fixture
def place() -> Iterator[Workplace]:
    with workplace() as made:
        yield made


def test_no_cut_connection_loses_or_doubles_anything(place: Workplace, seed: int) -> None:
    chance = random.Random(f"cuts {seed}")
    daemon = place.started()
    with psycopg.connect(place.journal.url, autocommit=True) as connection:
        for batch in range(BATCHES):
            place.deliver(*(numbered(batch * SIZE + n) for n in range(SIZE)))
            for _ in range(CUTS):
                time.sleep(chance.uniform(0, 0.06))
                backends = connection.execute(BACKENDS.encode()).fetchall()
                if backends:
                    connection.execute("SELECT pg_terminate_backend(%s)", chance.choice(backends))

    def settled() -> bool:
        [(known,)] = place.rows("SELECT count(*) FROM messages")
        return known == BATCHES * SIZE and place.rows(LEFT) == [(0, 0, 0)]

    wait_until(settled, "all is done in spite of the cuts", PATIENCE)
    assert place.rows(OUTCOMES) == [("opened", None, BATCHES * SIZE)]
    answered = [str(answer["To"]) for answer in place.answers()]
    assert len(answered) == len(set(answered)) == BATCHES * SIZE
    assert daemon.terminate() == 0


def numbered(number: int) -> bytes:
    return mail(message_id=f"<{number}@x.br>", sender=f"cliente{number}@exemplo.com.br")
