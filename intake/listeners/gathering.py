"""Many small arrivals at once, in one transaction: a disk does not do a thousand commits a second.

While one commit is under way, what comes meanwhile gathers, and is the next. Whoever brought
something is told only after its commit. At rest nothing waits for company.
"""

import asyncio
from collections.abc import Sequence

from intake.listeners.arrival import Arrival, Intake

MOST = 200
"""Arrivals in one transaction."""


class Gathering:
    """Accepts for doors that are called concurrently."""

    def __init__(self, intake: Intake, source: str) -> None:
        self._intake = intake
        self._source = source
        self._waiting: list[tuple[Arrival, asyncio.Future[None]]] = []
        self._working: asyncio.Task[None] | None = None

    async def accept(self, arrival: Arrival) -> None:
        """Durable when this returns. Raises what `Intake.accept` raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, done))
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name=f"gathering {self._source}")
        await done

    async def _work(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._store(some)
        finally:
            self._working = None

    async def _store(self, some: Sequence[tuple[Arrival, asyncio.Future[None]]]) -> None:
        try:
            await self._intake.accept([arrival for arrival, _ in some], source=self._source)
        except BaseException as error:
            for _, done in some:
                if not done.done():
                    done.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for _, done in some:
                if not done.done():
                    done.set_result(None)
