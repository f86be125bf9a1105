"""In-memory twins of what a listener needs, for tests and trials within one process."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from intake.ports.arrivals import Arrival, Cursor, LeaseLost


class MemoryIntake:
    """Keeps arrivals in a dict, by key. Several listeners may share one."""

    def __init__(self) -> None:
        self.arrivals: dict[str, Arrival] = {}
        self.cursors: dict[str, Cursor] = {}
        self.batches: list[int] = []
        """Number of arrivals passed to each `accept`, including known ones."""
        self.holders: dict[str, object] = {}

    async def accept(
        self, arrivals: Sequence[Arrival], *, source: str, cursor: Cursor | None = None
    ) -> int:
        fresh = {a.key: a for a in arrivals if a.key not in self.arrivals}
        self.arrivals.update(fresh)
        self.batches.append(len(arrivals))
        if cursor is not None:
            self.cursors[source] = cursor
        return len(fresh)

    async def cursor(self, source: str) -> Cursor | None:
        return self.cursors.get(source)

    async def known_keys(self, keys: Sequence[str]) -> frozenset[str]:
        return frozenset(key for key in keys if key in self.arrivals)

    def lease(self, source: str) -> AbstractAsyncContextManager[bool]:
        return self._lease(source)

    @asynccontextmanager
    async def _lease(self, source: str) -> AsyncIterator[bool]:
        if source in self.holders:
            yield False
            return
        holder = self.holders[source] = object()
        try:
            yield True
        finally:
            if self.holders.get(source) is holder:
                del self.holders[source]

    def revoke(self, source: str) -> None:
        """Revoke the lease, as if its database connection had died."""
        self.holders.pop(source, None)

    async def check_lease(self, source: str) -> None:
        if source not in self.holders:
            raise LeaseLost(source)

    # For assertions

    @property
    def raws(self) -> list[bytes]:
        """The raw bytes of all arrivals, in order."""
        return [arrival.raw for arrival in self.arrivals.values()]

    @property
    def distinct(self) -> int:
        """Number of different messages that were accepted, whatever their keys."""
        return len({hashlib.sha256(raw).digest() for raw in self.raws})


class MemoryTokenStore:
    """Refresh tokens in a dict."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator["MemoryTokenShelf"]:
        async with self._turns.setdefault(name, asyncio.Lock()):
            yield MemoryTokenShelf(self.tokens, name)


class MemoryTokenShelf:
    """One entry of that dict."""

    def __init__(self, tokens: dict[str, str], name: str) -> None:
        self._tokens = tokens
        self._name = name

    async def load(self) -> str | None:
        return self._tokens.get(self._name)

    async def save(self, token: str) -> None:
        self._tokens[self._name] = token


class MemoryProgress:
    """Counts successes and records failures of each source, newest last."""

    def __init__(self) -> None:
        self.ok: dict[str, int] = {}
        self.failures: dict[str, list[str]] = {}

    def listener_ok(self, source: str) -> None:
        self.ok[source] = self.ok.get(source, 0) + 1

    def listener_failed(self, source: str, reason: str) -> None:
        self.failures.setdefault(source, []).append(reason)
