"""An app's requests while the daemon is killed: one ticket each, always with the same number."""

import json
import random
from collections.abc import Iterator

import httpx
import pytest

from tests.apps.house import SECRET, signed
from tests.crash.posting import Posting, count, kill_while, wait_processed
from tests.daemon.workplace import PEOPLE, QUIET, Workplace, workplace
from tests.servers.process import free_port

pytestmark = [pytest.mark.crash, pytest.mark.servers, pytest.mark.timeout(300)]

SECRET_PLACE = "CRASH_APP_SECRET"
SETTINGS = f"""
[replies]
backend = "none"
[[app]]
name = "site"
secrets = [{{ env = "{SECRET_PLACE}" }}]
"""


@pytest.fixture
def place() -> Iterator[Workplace]:
    with workplace() as made:
        yield made


def test_each_request_is_one_ticket(place: Workplace, seed: int) -> None:
    survive(place, seed, size=40, kills=2)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_each_request_is_one_ticket_in_the_long_run(place: Workplace, seed: int) -> None:
    survive(place, seed, size=500, kills=15)


def survive(place: Workplace, seed: int, *, size: int, kills: int) -> None:
    """Post, kill, start again; ask once more for each, and count."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1/requests"
    place.write(QUIET.replace("port = 0", f"port = {port}") + PEOPLE + SETTINGS)
    daemon = place.daemon({SECRET_PLACE: SECRET})
    daemon.start()

    def post(client: httpx.Client, number: int) -> httpx.Response:
        body = json.dumps({"title": f"Pedido {number}", "text": "O app trava."}).encode()
        return client.post(url, content=body, headers=signed(body, webhook_id=f"msg_{number}"))

    numbers = range(1, size + 1)
    posting = Posting(post, numbers)
    kill_while(posting, daemon, kills, random.Random(f"requests {seed}"))
    wait_processed(place, size)
    titles = {
        str(number): str(title) for number, title in place.rows("SELECT number, title FROM tickets")
    }
    assert len(titles) == size
    assert count(place, "SELECT count(*) FROM messages") == size
    # Whoever has not heard the answer asks again: the number is the one that was given before.
    again = Posting(post, numbers)
    again.wait()
    for number in numbers:
        answers = {
            each.json()["number"] for each in (*posting.answers[number], *again.answers[number])
        }
        assert [titles[each] for each in answers] == [f"Pedido {number}"]
    assert count(place, "SELECT count(*) FROM tickets") == size
    print(f"{size} requests, {kills} kills, {posting.repeated} repetitions")
    assert daemon.terminate() == 0
