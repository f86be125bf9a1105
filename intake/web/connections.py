"""Limits on the open connections: how many there are, and how long each phase may take.

uvicorn limits neither the time nor the size of a request's head, and a client may open any number
of connections. So each connection reports its phase here, which has a time limit, and the server's
tick ends the connections that are overdue. No connection needs its own timer.
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
"""Seconds that a client has to read the last response before its connection is cut."""


class Phase(Enum):
    """What a connection is waiting for."""

    HEAD = "slow_head"
    """The head of the first request, or the rest of a head that has begun."""
    WORK = "slow_request"
    """The request's body, our response, and the client to read it."""
    REST = "slow_rest"
    """The rest of a body that was answered before its end."""
    IDLE = "idle"
    """The next request."""
    ENDING = "ending"
    """The client to read the last response."""


class Connection(Protocol):
    """What `Connections` needs of a client's connection."""

    def end(self, phase: Phase) -> None:
        """Tell the client the reason, if HTTP has a status for it, and close."""
        ...

    def cut(self) -> None:
        """Close at once, without a response."""
        ...


@dataclass(slots=True)
class _Standing:
    peer: str | None
    """The client's network; None for a trusted proxy."""
    phase: Phase
    until: float


class Connections:
    """Counts the open connections and ends those that are overdue.

    `refused` is called with the reason of each refusal, for the metrics.
    """

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
        """Connections without a request in progress, the longest waiting first."""

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: Connection, address: str) -> bool:
        """Admit a connection from this address, and await its head. Returns False if a limit is
        reached."""
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
        """Start a phase of the connection, with that phase's time limit."""
        summary = self._open.get(connection)
        if summary is None:
            return
        summary.phase, summary.until = phase, self._clock() + self._seconds[phase]
        self._waiting.pop(connection, None)
        if phase in (Phase.HEAD, Phase.IDLE):
            self._waiting[connection] = None

    def left(self, connection: Connection) -> None:
        """Forget a connection that has been closed."""
        self._waiting.pop(connection, None)
        summary = self._open.pop(connection, None)
        if summary is not None and summary.peer is not None:
            self._of[summary.peer] -= 1
            if not self._of[summary.peer]:
                del self._of[summary.peer]

    def sweep(self) -> None:
        """End the connections that are overdue."""
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
