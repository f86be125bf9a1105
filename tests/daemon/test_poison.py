"""A mail that makes the process abort, under a supervisor that starts it again at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.application import mail
from tests.daemon.killing_reader import killing_reader
from tests.daemon.process import Daemon
from tests.daemon.workplace import PLAIN, Workplace
from tests.servers.process import wait_until

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

MOST_STARTS = 8
MARKER = b"VENENO-MORTAL"


class Supervisor:
    """As systemd with Restart=always and no pause. Gives up after MOST_STARTS."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.starts = 0

    def _run(self) -> None:
        while not self._over.is_set():
            if not self._daemon.running:
                if self.starts == MOST_STARTS:
                    return
                self._daemon.kill()
                self._daemon.start()
                self.starts += 1
            self._over.wait(0.05)

    @contextmanager
    def supervising(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join()


def ordinary(number: int) -> bytes:
    return mail(
        f"Pedido {number}: o app trava.",
        sender=f"Cliente <cliente{number}@exemplo.com.br>",
        message_id=f"<{number}@exemplo.com.br>",
    )


def poison() -> bytes:
    return mail(
        f"Bom dia. {MARKER.decode()}",
        sender="Mal <mal@exemplo.com.br>",
        message_id="<veneno@exemplo.com.br>",
    )


def follow_up() -> bytes:
    return mail(
        "E então?",
        sender="Mal <mal@exemplo.com.br>",
        message_id="<depois@exemplo.com.br>",
        In_Reply_To="<veneno@exemplo.com.br>",
        References="<veneno@exemplo.com.br>",
    )


# One lane for all: what stands behind the poison is really behind it.
@pytest.mark.parametrize("lanes", [1, 32])
def test_what_is_behind_a_poison_message_goes_on(place: Workplace, lanes: int) -> None:
    place.write(PLAIN.replace("[work]", f"[work]\npartitions = {lanes}"))
    daemon = place.daemon(killing_reader(place.folder / "site", MARKER))
    place.deliver(ordinary(1), ordinary(2), poison(), ordinary(3), follow_up())
    supervisor = Supervisor(daemon)
    with supervisor.supervising():
        wait_until(lambda: supervisor.starts >= 2, "the daemon has died of it", 60)
        place.deliver(*(ordinary(number) for number in range(4, 8)))
        wait_until(lambda: _answered(place) >= {*range(1, 8)}, "the others are answered", 60)
        wait_until(lambda: _failed(place), "the poison is put aside", 60)
        wait_until(lambda: _told(place) == 1, "the first level is told", 60)
        starts = supervisor.starts
        daemon.wait_ready()
        place.deliver(ordinary(8))
        wait_until(lambda: 8 in _answered(place), "the daemon lives on", 60)
        [row] = place.rows("SELECT state, error FROM messages WHERE state <> 'done'")
        assert row == (
            "failed",
            "o processo terminou três vezes enquanto esta mensagem era processada",
        )
        assert place.rows("SELECT count(*) FROM messages") == [(10,)]
        assert place.rows("SELECT count(*) FROM tickets") == [(9,)]
        assert supervisor.starts == starts == 4
        assert _told(place) == 1
    assert daemon.terminate() == 0


def _answered(place: Workplace) -> set[int]:
    to = [str(each["To"]) for each in place.answers()]
    return {number for number in range(20) if any(f"cliente{number}@" in each for each in to)}


def _failed(place: Workplace) -> bool:
    return bool(place.rows("SELECT 1 FROM messages WHERE state = 'failed'"))


def _told(place: Workplace) -> int:
    return sum("ana.n0@" in str(each["To"]) for each in place.answers())
