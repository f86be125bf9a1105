"""Type=notify: what the service manager is told, and in what order."""

import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemon.workplace import Workplace
from tests.servers.process import PATIENCE


class Manager:
    """Listens as systemd does."""

    def __init__(self, channel: socket.socket, path: Path) -> None:
        self._channel = channel
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "300000"}

    def hears(self) -> dict[str, str]:
        """The next message, its lines by name."""
        lines = self._channel.recv(4096).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def hears_beside_the_watchdog(self) -> dict[str, str]:
        """The next message that is no sign of life."""
        while (heard := self.hears()) == {"WATCHDOG": "1"}:
            pass
        return heard


@pytest.fixture
def manager(place: Workplace) -> Iterator[Manager]:
    """With a watchdog of 0.3 s."""
    path = place.folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(path))
        channel.settimeout(PATIENCE)
        yield Manager(channel, path)


def test_ready_alive_reloading_stopping(place: Workplace, manager: Manager) -> None:
    daemon = place.daemon(manager.environment)
    daemon.start()
    assert manager.hears_beside_the_watchdog() == {"READY": "1"}
    for _ in range(3):
        assert manager.hears() == {"WATCHDOG": "1"}
    daemon.send(signal.SIGHUP)
    reloading = manager.hears_beside_the_watchdog()
    assert reloading["RELOADING"] == "1"
    assert int(reloading["MONOTONIC_USEC"]) > 0
    assert manager.hears_beside_the_watchdog() == {"READY": "1"}
    daemon.ask_to_stop()
    assert manager.hears_beside_the_watchdog() == {"STOPPING": "1"}
    assert daemon.wait() == 0


def test_a_refused_reload_ends_as_ready_too(place: Workplace, manager: Manager) -> None:
    daemon = place.daemon(manager.environment)
    daemon.start()
    assert manager.hears_beside_the_watchdog() == {"READY": "1"}
    place.write("this is no TOML")
    daemon.send(signal.SIGHUP)
    assert manager.hears_beside_the_watchdog()["RELOADING"] == "1"
    assert manager.hears_beside_the_watchdog() == {"READY": "1"}
