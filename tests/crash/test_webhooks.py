"""Webhooks while the daemon is killed at random: whoever posts goes on until it hears 2xx.

Each message, of a person of its own, is exactly one ticket in the end.
"""

import queue
import random
import threading
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest

from tests.daemon.process import Daemon
from tests.daemon.workplace import PEOPLE, QUIET, Workplace, workplace
from tests.servers.process import free_port, wait_until
from tests.telephony.posts import ACCOUNT, PUBLIC_URL, TOKEN, form, signed

pytestmark = [pytest.mark.crash, pytest.mark.servers, pytest.mark.timeout(300)]

TOKEN_PLACE = "CRASH_TWILIO_TOKEN"
SENDERS = 8
SETTINGS = f"""
[replies]
via = "none"
[twilio]
account_sid = "{ACCOUNT}"
auth_token = {{ env = "{TOKEN_PLACE}" }}
public_url = "{PUBLIC_URL}"
reconcile = false
[conversations]
silence = 0.3
"""


class Twilio:
    """Posts each message until it hears 2xx, by several at a time."""

    def __init__(self, url: str, numbers: range) -> None:
        self.acknowledged = 0
        self.repeated = 0
        self._url = url
        self._left: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in numbers:
            self._left.put(number)
        self._counting = threading.Lock()
        self._threads = [
            threading.Thread(target=self._post_all, daemon=True) for _ in range(SENDERS)
        ]
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        for thread in self._threads:
            thread.join()

    def _post_all(self) -> None:
        with httpx.Client(timeout=5, trust_env=False) as client:
            while True:
                try:
                    number = self._left.get_nowait()
                except queue.Empty:
                    return
                while not self._posted(client, number):
                    self.repeated += 1
                    time.sleep(0.05)
                with self._counting:
                    self.acknowledged += 1

    def _posted(self, client: httpx.Client, number: int) -> bool:
        phone = f"+55119{80000000 + number}"
        body = form(number, f"O app trava ({number})", From=f"whatsapp:{phone}", WaId=phone[1:])
        try:
            return client.post(self._url, content=body, headers=signed(body)).is_success
        except httpx.HTTPError:
            return False


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
    chance, port = random.Random(f"webhooks {seed}"), free_port()
    quiet = QUIET.replace("port = 0", f"port = {port}")
    place.write(quiet + PEOPLE + SETTINGS)
    daemon = place.daemon({TOKEN_PLACE: TOKEN})
    daemon.start()
    twilio = Twilio(f"http://127.0.0.1:{port}/twilio/messages", range(1, size + 1))
    for at in sorted(chance.sample(range(size), kills)):
        _strike(daemon, twilio, at, chance)
    twilio.wait()
    daemon.wait_ready()
    url = f"postgresql://postgres@/postgres?host={place.folder / 'var' / 'journal' / 'socket'}"
    with psycopg.connect(url, autocommit=True) as journal:

        def count(query: str) -> int:
            row = journal.execute(query.encode()).fetchone()
            assert row is not None
            return int(row[0])

        wait_until(
            lambda: count("SELECT count(*) FROM messages WHERE state = 'done'") == size,
            "all are processed",
            120,
        )
        assert count("SELECT count(*) FROM messages") == size
        assert count("SELECT count(*) FROM tickets") == size
        assert count("SELECT count(DISTINCT sender) FROM tickets") == size
        assert count("SELECT count(*) FROM messages WHERE outcome <> 'opened'") == 0
    print(f"{size} webhooks, {kills} kills, {twilio.repeated} repetitions")
    assert daemon.terminate() == 0


def _strike(daemon: Daemon, twilio: Twilio, at: int, chance: random.Random) -> None:
    """Once so many are acknowledged, and a little later."""

    def acknowledged() -> bool:
        # Killed by us alone: one that ends by itself has a fault that a restart would hide.
        assert daemon.running, f"the daemon ended by itself: {daemon.log()[-4000:]}"
        return twilio.acknowledged >= at

    wait_until(acknowledged, f"{at} are acknowledged", 120)
    time.sleep(chance.uniform(0, 0.3))
    daemon.kill()
    daemon.start()
