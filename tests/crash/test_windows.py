"""The instants that matter, met on purpose: a reply is at the mail server and not yet noted."""

import signal
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.application import mail
from tests.crash.victims import kill_server_of
from tests.daemon.held_smtp import HeldSmtp
from tests.daemon.workplace import MAILDIR, PEOPLE, QUIET, Workplace, parsed, workplace
from tests.servers.process import wait_until

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

DELIVERIES_IN_HAND = """
    SELECT count(*) FROM procrastinate_jobs
     WHERE task_name = 'deliver'
       AND (status = 'doing' OR scheduled_at IS NULL OR scheduled_at <= now())
"""
ACKNOWLEDGED = "SELECT count(*) FROM tickets WHERE acknowledged_at IS NOT NULL"


@pytest.fixture
def place(held_mail: HeldSmtp) -> Iterator[Workplace]:
    """Mail from a Maildir, answers to that server."""
    with workplace() as made:
        made.write(
            QUIET.replace("stalled_after = 10", "stalled_after = 5")
            + MAILDIR
            + PEOPLE
            + f"""
[replies]
backend = "smtp"
[smtp]
host = "127.0.0.1"
port = {held_mail.port}
security = "none"
"""
        )
        yield made


def test_what_was_sent_and_not_noted_is_sent_again_under_the_same_message_id(
    place: Workplace, held_mail: HeldSmtp
) -> None:
    daemon = place.started()
    place.deliver(mail())
    held_mail.wait_for(1)
    daemon.kill()
    held_mail.let_go()
    daemon.start()
    wait_until(lambda: acknowledged(place) == 1, "the ticket is acknowledged")
    first, second = sent(held_mail)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Subject"] == second["Subject"]


def test_a_reply_outlives_the_hung_daemon_that_has_it_in_hand(
    place: Workplace, held_mail: HeldSmtp
) -> None:
    hung = place.started()
    place.deliver(mail())
    held_mail.wait_for(1)
    hung.send(signal.SIGSTOP)
    other = place.started()
    other.wait_event("job.taken_over")
    wait_until(
        lambda: place.rows(DELIVERIES_IN_HAND) == [(0,)], "the other daemon has looked at the job"
    )
    hung.kill()
    held_mail.let_go()
    wait_until(lambda: acknowledged(place) == 1, "the ticket is acknowledged")
    assert len({one["Message-ID"] for one in sent(held_mail)}) == 1


def acknowledged(place: Workplace) -> int:
    [(count,)] = place.rows(ACKNOWLEDGED)
    return int(count)


def sent(held_mail: HeldSmtp) -> list[EmailMessage]:
    return [parsed(raw) for raw in held_mail.received]


def test_a_daemon_whose_database_has_just_died_still_stops(
    place: Workplace, held_mail: HeldSmtp
) -> None:
    daemon = place.started()
    place.deliver(mail())
    held_mail.wait_for(1)
    kill_server_of(place.journal)
    daemon.ask_to_stop()
    held_mail.let_go()
    assert daemon.wait() == 0
    daemon.start()
    daemon.wait_ready()
    wait_until(lambda: acknowledged(place) == 1, "the ticket is acknowledged")
    assert len({one["Message-ID"] for one in sent(held_mail)}) == 1
