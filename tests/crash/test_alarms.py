"""Two daemons on one journal, killed while alarms ring: each person is told of each thing once."""

import re
import time
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest

from tests.application import mail
from tests.daemon.workplace import MAILDIR, OUTBOX, PEOPLE, QUIET, Workplace, workplace
from tests.servers.process import wait_until

pytestmark = [pytest.mark.crash, pytest.mark.timeout(200)]

TICKETS = 20
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALWAYS_OPEN = """
[calendar.holidays]
country = ""
[calendar.hours]
""" + "".join(f'{day} = ["00:00-24:00"]\n' for day in DAYS)
# One comes due every tenth of a second, as soon as a daemon counts them.
LATE = """
    UPDATE tickets SET assigned_at =
        now() - interval '2 hours' + interval '5 seconds' + id % 20 * interval '100 milliseconds'
"""
RANG = "SELECT count(*) FROM alarms WHERE kind = 'unscheduled' AND fired_at IS NOT NULL"
UNSENT = "SELECT count(*) FROM replies WHERE state = 'queued'"
NOTES = """
    SELECT ticket_id, count(*) FROM ticket_entries
     WHERE kind = 'note' AND body LIKE '%espera de agendamento%' GROUP BY 1
"""


@pytest.fixture
def place() -> Iterator[Workplace]:
    with workplace() as made:
        made.write(QUIET + MAILDIR + OUTBOX + PEOPLE + ALWAYS_OPEN)
        yield made


def test_each_is_told_once_though_daemons_are_killed_while_alarms_ring(place: Workplace) -> None:
    daemons = [place.started(), place.started()]
    place.deliver(*(mail(message_id=f"<{n}@x.br>", text=f"caso {n}") for n in range(TICKETS)))
    wait_until(lambda: place.rows("SELECT count(*) FROM tickets") == [(TICKETS,)], "all are open")
    wait_until(lambda: place.rows(UNSENT) == [(0,)], "all are acknowledged")
    with psycopg.connect(place.journal.url, autocommit=True) as connection:
        connection.execute("DELETE FROM alarm_settings")
        connection.execute(LATE.encode())
    for daemon in daemons:
        daemon.kill()
        daemon.start()
    for round_number in range(8):
        wait_until(lambda so_far=round_number: rang(place) > 2 * so_far, "alarms ring")
        time.sleep(0.05 * round_number)
        victim = daemons[round_number % 2]
        victim.kill()
        victim.start()
    wait_until(lambda: rang(place) == TICKETS, "all have rung")
    wait_until(lambda: place.rows(UNSENT) == [(0,)], "all are told")
    assert place.rows(NOTES) == [(ticket, 1) for ticket, _ in place.rows(NOTES)]
    assert len(place.rows(NOTES)) == TICKETS
    told: Counter[str] = Counter()
    seen = set()
    for letter in place.answers():
        if "ana.n0" in str(letter["To"]) and letter["Message-ID"] not in seen:
            seen.add(letter["Message-ID"])
            text = letter.get_body(("plain",))
            assert text is not None
            told.update(re.findall(r"^Chamado: (\S+)", text.get_content(), re.M))
    assert len(told) == TICKETS
    assert set(told.values()) == {1}


def rang(place: Workplace) -> int:
    [(count,)] = place.rows(RANG)
    return int(count)
