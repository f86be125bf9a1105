"""Twilio's webhooks while the daemon is killed: each message, of its own person, one ticket."""

import random
from collections.abc import Iterator

import httpx
import pytest

from tests.crash.posting import Posting, count, kill_while, wait_processed
from tests.daemon.workplace import PEOPLE, QUIET, Workplace, workplace
from tests.servers.process import free_port
from tests.telephony.posts import ACCOUNT, PUBLIC_URL, TOKEN, form, signed

pytestmark = [pytest.mark.crash, pytest.mark.servers, pytest.mark.timeout(300)]

TOKEN_PLACE = "CRASH_TWILIO_TOKEN"
SETTINGS = f"""
[replies]
backend = "none"
[twilio]
account_sid = "{ACCOUNT}"
auth_token = {{ env = "{TOKEN_PLACE}" }}
public_url = "{PUBLIC_URL}"
reconcile = false
[conversations]
quiet_seconds = 0.3
"""


@pytest.fixture
def place() -> Iterator[Workplace]:
    with workplace() as made:
        yield made


def test_each_webhook_is_one_ticket(place: Workplace, seed: int) -> None:
    survive(place, seed, size=60, kills=3)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_each_webhook_is_one_ticket_in_the_long_run(place: Workplace, seed: int) -> None:
    survive(place, seed, size=500, kills=15)


def survive(place: Workplace, seed: int, *, size: int, kills: int) -> None:
    """Post, kill, start again, and count."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/twilio/messages"
    place.write(QUIET.replace("port = 0", f"port = {port}") + PEOPLE + SETTINGS)
    daemon = place.daemon({TOKEN_PLACE: TOKEN})
    daemon.start()

    def post(client: httpx.Client, number: int) -> httpx.Response:
        phone = f"+55119{80000000 + number}"
        body = form(number, f"O app trava ({number})", From=f"whatsapp:{phone}", WaId=phone[1:])
        return client.post(url, content=body, headers=signed(body))

    posting = Posting(post, range(1, size + 1))
    kill_while(posting, daemon, kills, random.Random(f"webhooks {seed}"))
    wait_processed(place, size)
    assert count(place, "SELECT count(*) FROM messages") == size
    assert count(place, "SELECT count(*) FROM tickets") == size
    assert count(place, "SELECT count(DISTINCT sender) FROM tickets") == size
    assert count(place, "SELECT count(*) FROM messages WHERE outcome <> 'opened'") == 0
    print(f"{size} webhooks, {kills} kills, {posting.repeated} repetitions")
    assert daemon.terminate() == 0
