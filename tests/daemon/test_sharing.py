"""Two daemons on one embedded folder, and `run --once` beside or without one."""

import pytest

from tests.application import mail
from tests.daemon.workplace import MAILDIR, PLAIN, Workplace
from tests.servers.dovecot import Dovecot
from tests.servers.process import wait_until


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_the_second_daemon_goes_on_when_the_first_ends(place: Workplace, end: str) -> None:
    first, second = place.started(), place.started()
    getattr(first, end)()
    place.deliver(mail())
    wait_until(lambda: len(place.answers()) == 1, "the acknowledgement is in the outbox")
    assert second.running
    assert second.terminate() == 0
    assert not place.journal.is_running()


def test_a_mailbox_is_listened_to_by_one_of_them(place: Workplace) -> None:
    place.started()
    other = place.started()
    done = place.command("run", "--once")
    assert done.returncode == 1
    assert "another daemon listens to it" in done.stderr
    assert not other.events("listener.listening")


@pytest.mark.servers
def test_run_once_drains_every_listener_and_the_queue(
    place: Workplace, dovecot: Dovecot, mailbox: str
) -> None:
    (place.folder / "secret").write_text(f"{dovecot.password(mailbox)}\n")
    second = MAILDIR.replace("entrada", "outra").replace('"maildir"', '"maildir2"')
    place.write(
        PLAIN
        + second
        + f"""
[[imap]]
name = "suporte"
host = "{dovecot.host}"
port = {dovecot.ports.plain}
security = "none"
user = "{mailbox}"
password = {{ file = "secret" }}
import_existing = "acknowledge"
"""
    )
    place.deliver(*(numbered(n) for n in range(3)))
    dovecot.append_many(mailbox, [numbered(n) for n in range(2, 7)])
    done = place.command("run", "--once")
    assert done.returncode == 0, done.stderr
    assert len(place.tickets()) == len(place.answers()) == 7
    assert not place.journal.is_running()
    again = place.command("run", "--once")
    assert again.returncode == 0, again.stderr
    assert len(place.tickets()) == len(place.answers()) == 7


def numbered(number: int) -> bytes:
    return mail(message_id=f"<{number}@x.br>", sender=f"cliente{number}@exemplo.com.br")
