"""Whoever posts webhooks goes on until it hears 2xx, while the daemon is killed at random."""

import queue
import random
import threading
import time
from collections.abc import Callable

import httpx

from tests.daemon.process import Daemon
from tests.daemon.workplace import Workplace
from tests.servers.process import wait_until

SENDERS = 8
RETRY = 0.2
"""Seconds between two attempts: the daemon that is just starting needs the machine."""
Post = Callable[[httpx.Client, int], httpx.Response]
"""Posts the webhook of that number, the same at every attempt."""


class Posting:
    """Posts each number until it hears 2xx, by several at a time, from the moment it is made."""

    def __init__(self, post: Post, numbers: range) -> None:
        self.acknowledged = 0
        self.repeated = 0
        self.answers: dict[int, list[httpx.Response]] = {number: [] for number in numbers}
        """Those with 2xx."""
        self._post = post
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
        """Until all are acknowledged."""
        for thread in self._threads:
            thread.join()

    def _post_all(self) -> None:
        with httpx.Client(timeout=5, trust_env=False) as client:
            while True:
                try:
                    number = self._left.get_nowait()
                except queue.Empty:
                    return
                while not self._acknowledged(client, number):
                    with self._counting:
                        self.repeated += 1
                    time.sleep(RETRY)
                with self._counting:
                    self.acknowledged += 1

    def _acknowledged(self, client: httpx.Client, number: int) -> bool:
        try:
            answer = self._post(client, number)
        except httpx.HTTPError:
            return False
        if answer.is_success:
            self.answers[number].append(answer)
        return answer.is_success


def kill_while(posting: Posting, daemon: Daemon, kills: int, chance: random.Random) -> None:
    """So often, spread by chance over what is posted; then until all are acknowledged."""
    for at in sorted(chance.sample(range(len(posting.answers)), kills)):
        _strike(daemon, posting, at, chance)
    posting.wait()
    daemon.wait_ready()


def _strike(daemon: Daemon, posting: Posting, at: int, chance: random.Random) -> None:
    """Once so many are acknowledged, and a little later."""

    def acknowledged() -> bool:
        # Killed by us alone: one that ends by itself has a fault that a restart would hide.
        assert daemon.running, f"the daemon ended by itself: {daemon.log()[-4000:]}"
        return posting.acknowledged >= at

    wait_until(acknowledged, f"{at} are acknowledged", 120)
    time.sleep(chance.uniform(0, 0.3))
    daemon.kill()
    daemon.start()


def count(place: Workplace, query: str) -> int:
    """One number of the journal's."""
    ((found,),) = place.rows(query)
    return int(found)


def wait_processed(place: Workplace, size: int) -> None:
    """Until so many messages are done."""
    done = "SELECT count(*) FROM messages WHERE state = 'done'"
    wait_until(lambda: count(place, done) == size, "all are processed", 120)
