"""Two daemons on one journal, killed while the morning's digest goes out: one for each person."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest

from tests.application import mail
from tests.daemon.held_smtp import HeldSmtp
from tests.daemon.workplace import MAILDIR, PEOPLE, QUIET, Workplace, parsed, workplace
from tests.servers.process import wait_until

pytestmark = [pytest.mark.crash, pytest.mark.timeout(200)]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WRITTEN = "SELECT count(*) FROM digests"
UNSENT = "SELECT count(*) FROM replies WHERE state = 'queued'"
TO_WRITE = """
    SELECT count(*) FROM procrastinate_jobs
     WHERE task_name = 'digest' AND (status = 'doing' OR scheduled_at <= now())
"""
# It waits for tomorrow. This morning's is due by now, or has been written already.
NOW = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'digest'"
RUI = """
[[roster.person]]
login = "rui"
name = "Rui Dias"
email = "rui@r3izzy.com.br"
levels = ["Coordenação"]
"""


def midday() -> str:
    """A time zone in which it is about noon: no test of this file falls into two days."""
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


@pytest.fixture
def place(held_mail: HeldSmtp) -> Iterator[Workplace]:
    """The desk is always open; digests are due from midnight on, and go to that server."""
    hours = "".join(f'{day} = ["00:00-24:00"]\n' for day in DAYS)
    with workplace() as made:
        made.write(
            QUIET.replace("stalled_after = 10", "stalled_after = 5")
            + MAILDIR
            + PEOPLE
            + RUI
            + f"""
[calendar]
timezone = "{midday()}"
[calendar.holidays]
country = ""
[calendar.hours]
{hours}
[watch]
digest = {{ at = "00:00" }}
[replies]
backend = "smtp"
[smtp]
host = "127.0.0.1"
port = {held_mail.port}
security = "none"
"""
        )
        yield made


def digests(held_mail: HeldSmtp) -> set[tuple[str, str]]:
    """Whom they went to, and under which Message-ID."""
    team_messages = [parsed(raw) for raw in held_mail.received]
    return {
        (str(letter["To"]), str(letter["Message-ID"]))
        for letter in team_messages
        if "Resumo da manhã" in str(letter["Subject"])
    }


def test_each_gets_one_though_daemons_die_between_writing_and_sending(
    place: Workplace, held_mail: HeldSmtp
) -> None:
    one = place.started()
    place.deliver(mail())
    held_mail.wait_for(1)
    run_digest_job(place)
    one.kill()
    one.start()
    one.wait_ready()
    wait_until(lambda: place.rows(WRITTEN) != [(0,)], "the digests are written")
    run_digest_job(place)
    one.kill()
    one.start()
    place.started()
    wait_until(lambda: bool(digests(held_mail)), "a digest is at the mail server")
    one.kill()
    held_mail.let_go()
    wait_until(lambda: place.rows(TO_WRITE) == [(0,)], "the job has run once more")
    wait_until(lambda: place.rows(UNSENT) == [(0,)], "all is sent")
    assert sorted(whom.partition("<")[2] for whom, _ in digests(held_mail)) == [
        "ana.n0@r3izzy.com.br>",
        "rui@r3izzy.com.br>",
    ]


def run_digest_job(place: Workplace) -> None:
    """As soon as a daemon looks."""
    with psycopg.connect(place.journal.url, autocommit=True) as connection:
        connection.execute(NOW.encode())
