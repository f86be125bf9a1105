"""The open connections, and how long each may keep us waiting.

uvicorn bounds neither the time nor the size of a request's head, and one client may open as many
connections as there are. So each connection tells here how far it is, and has until then; the
server's tick ends those that are overdue. None needs a timer of its own.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from intake.net.client_addresses import client_network, within
from intake.settings.http import Http

GRACE = 5.0
"""Seconds in which a client must take what was still written to it, before its connection ends."""


class Phase(Enum):
    """What is waited for."""

    HEAD = "slow_head"
    """The first request's head, or the rest of one that has begun."""
    WORK = "slow_request"
    """The request's body, our answer, and that the client takes it."""
    REST = "slow_rest"
    """The rest of a body that was answered before its end."""
    IDLE = "idle"
    """Another request."""
    ENDING = "ending"
    """That the client takes what was written."""


class Connection(Protocol):
    """One client's, as far as it matters here."""

    def end(self, phase: Phase) -> None:
        """Say why, as far as HTTP has words for it, and close."""
        ...

    def cut(self) -> None:
        """Close without a word."""
        ...


@dataclass(slots=True)
class _Standing:
    peer: str | None
    """None for a trusted proxy."""
    phase: Phase
    until: float


class Connections:
    """Counts them, and ends those that are overdue. `refused` hears why, for the metrics."""

    def __init__(
        self,
        settings: Http,
        *,
        refused: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = settings.connections
        self._most_of_one = settings.connections_per_address
        self._trusted = within(settings.trusted_proxies)
        self._seconds = {
            Phase.HEAD: settings.head_seconds,
            Phase.WORK: settings.request_seconds,
            Phase.REST: settings.head_seconds,
            Phase.IDLE: settings.idle_seconds,
            Phase.ENDING: GRACE,
        }
        self._refused = refused
        self._clock = clock
        self._open: dict[Connection, _Standing] = {}
        self._of: Counter[str] = Counter()
        self._waiting: dict[Connection, None] = {}
        """Those that ask for nothing just now, the longest first."""

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: Connection, address: str) -> bool:
        """Whether there is room for one more from there; if so, its head is waited for."""
        peer = None if self._trusted(address) else client_network(address)
        if peer is not None and self._of[peer] >= self._most_of_one:
            self._refused("too_many_of_one")
            return False
        if len(self._open) >= self._most and not self._make_room():
            self._refused("too_many")
            return False
        if peer is not None:
            self._of[peer] += 1
        self._open[connection] = _Standing(peer, Phase.HEAD, 0.0)
        self.enter(connection, Phase.HEAD)
        return True

    def enter(self, connection: Connection, phase: Phase) -> None:
        """From now on this is waited for."""
        summary = self._open.get(connection)
        if summary is None:
            return
        summary.phase, summary.until = phase, self._clock() + self._seconds[phase]
        self._waiting.pop(connection, None)
        if phase in (Phase.HEAD, Phase.IDLE):
            self._waiting[connection] = None

    def left(self, connection: Connection) -> None:
        """It is closed."""
        self._waiting.pop(connection, None)
        summary = self._open.pop(connection, None)
        if summary is not None and summary.peer is not None:
            self._of[summary.peer] -= 1
            if not self._of[summary.peer]:
                del self._of[summary.peer]

    def sweep(self) -> None:
        """End those that are overdue."""
        now = self._clock()
        for connection, summary in list(self._open.items()):
            if summary.until > now:
                continue
            phase = summary.phase
            if phase is Phase.ENDING:
                connection.cut()
                continue
            if phase is not Phase.IDLE:
                self._refused(phase.value)
            self.enter(connection, Phase.ENDING)
            connection.end(phase)

    def _make_room(self) -> bool:
        oldest = next(iter(self._waiting), None)
        if oldest is None:
            return False
        self._refused("gave_way")
        self.left(oldest)
        oldest.cut()
        return True
