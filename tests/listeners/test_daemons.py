"""Real daemons at a real mailbox: one listens, a killed one's mailbox is taken over."""

from collections.abc import Iterator

import pytest

from tests.daemon.process import Daemon
from tests.daemon.workplace import OUTBOX, PEOPLE, QUIET, Workplace, workplace
from tests.listeners.writing import mail
from tests.servers.dovecot import Dovecot
from tests.servers.process import wait_until
from tests.servers.token_server import TokenServer, running_token_server

pytestmark = [pytest.mark.servers, pytest.mark.crash]

MAILBOX = """
[[imap]]
name = "suporte"
host = "{host}"
port = {port}
security = "none"
user = "{user}"
"""
PASSWORD = 'password = { env = "MAILBOX_PASSWORD" }\n'
OAUTH = """
[imap.oauth]
provider = "other"
token_url = "{url}"
client_id = "{client}"
client_secret = {{ env = "CLIENT_SECRET" }}
refresh_token = {{ env = "REFRESH_TOKEN" }}
"""


@pytest.fixture
def place() -> Iterator[Workplace]:
    with workplace() as made:
        yield made


def write(place: Workplace, dovecot: Dovecot, user: str, login: str) -> None:
    account = MAILBOX.format(host=dovecot.host, port=dovecot.ports.plain, user=user)
    place.write(QUIET + OUTBOX + PEOPLE + account + login)


def listens(daemon: Daemon) -> bool:
    return bool(daemon.events("listener.listening"))


def wait_for_tickets(place: Workplace, count: int) -> None:
    wait_until(lambda: place.rows("SELECT count(*) FROM tickets") == [(count,)], f"{count} tickets")


def test_a_killed_daemons_mailbox_is_taken_over(
    place: Workplace, dovecot: Dovecot, mailbox: str
) -> None:
    write(place, dovecot, mailbox, PASSWORD)
    environment = {"MAILBOX_PASSWORD": dovecot.password(mailbox)}
    first, second = place.started(environment), place.started(environment)
    wait_until(lambda: listens(first), "the first listens")
    dovecot.append(mailbox, mail(1))
    wait_for_tickets(place, 1)
    assert not listens(second)
    first.kill()
    dovecot.append(mailbox, mail(2))
    wait_for_tickets(place, 2)
    assert listens(second)
    first.start()
    first.wait_ready()
    dovecot.append_many(mailbox, [mail(3), mail(4)])
    wait_for_tickets(place, 4)
    assert not listens(first)
    assert second.terminate() == 0
    dovecot.append(mailbox, mail(5))
    wait_for_tickets(place, 5)
    assert first.terminate() == 0


def test_a_refresh_token_outlives_the_daemon_that_got_it(
    place: Workplace, dovecot: Dovecot, mailbox: str
) -> None:
    """Each is good for one use: a daemon that forgot the newest could not log in any more."""
    with running_token_server(mailbox, dovecot) as server:
        write(place, dovecot, mailbox, signed_in(server))
        environment = {
            "CLIENT_SECRET": server.client_secret,
            "REFRESH_TOKEN": server.refresh_token,
        }
        daemon = place.daemon(environment)
        for number in (1, 2, 3):
            daemon.start()
            wait_until(lambda: listens(daemon), "it listens")
            dovecot.append(mailbox, mail(number))
            wait_for_tickets(place, number)
            daemon.kill()
        used = [form["refresh_token"] for form in server.requests]
        assert used == ["refresh-0", "refresh-1", "refresh-2"]
    assert server.refresh_token not in daemon.log_file.read_text()


def signed_in(server: TokenServer) -> str:
    return OAUTH.format(url=server.url, client=server.client_id)
