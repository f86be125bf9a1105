"""Crafted mails in a running daemon: it goes on answering, and takes in what comes behind them."""

import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from tests.application import mail
from tests.daemon.workplace import PLAIN, Workplace
from tests.hostile.writing import head
from tests.servers.process import wait_until

pytestmark = [pytest.mark.timeout(300)]

MOST_SECONDS = 10.0
"""For an answer of `/healthz` on a loaded machine: before the bounds it took half a minute."""
CRAFTED: Mapping[str, bytes] = {
    "header_lines": b":\n" * 2_500_000,
    "folded_lines": b"Subject: a\n" + b" b\n" * 1_500_000,
    "attributes": b"Content-Type: text/html\n\n<p " + b"".join(b"a%d " % n for n in range(99_000)),
    "unclosed": b"Content-Type: text/html\n\n" + b"<div></x>" * 55_000,
}


@contextmanager
def asked_for_health(address: str) -> Iterator[list[float]]:
    """Asks for `/healthz` again and again; the list has the seconds of every answer."""
    took: list[float] = []
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            begun = time.monotonic()
            with urllib.request.urlopen(f"{address}/healthz", timeout=60) as answer:
                answer.read()
            took.append(time.monotonic() - begun)
            over.wait(0.05)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("name", CRAFTED)
def test_it_answers_for_its_health_and_takes_in_the_next_mail(place: Workplace, name: str) -> None:
    place.write(PLAIN)
    daemon = place.started()
    crafted = [
        head(references="<um@exemplo.com.br>", message_id=f"<{n}@exemplo.com.br>").rstrip(b"\r\n")
        + b"\n"
        + CRAFTED[name]
        for n in range(15 if name == "unclosed" else 2)
    ]
    behind = mail("O app trava.", sender="Bia <bia@clinica.com.br>", message_id="<z@clinica.br>")
    with asked_for_health(daemon.address) as took:
        place.deliver(*crafted, behind)
        wait_until(
            lambda: any("bia@" in str(each["To"]) for each in place.answers()), "an answer", 120
        )
        wait_until(
            lambda: place.rows("SELECT count(*) FROM messages WHERE state = 'new'") == [(0,)],
            "all are processed",
            120,
        )
    assert place.rows("SELECT count(*) FROM messages WHERE state = 'done'") == [(len(crafted) + 1,)]
    assert len(took) > 1
    assert max(took) < MOST_SECONDS
    assert daemon.running
    assert daemon.terminate() == 0
