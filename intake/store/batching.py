"""Many small arrivals at once, in one transaction: a disk does not do a thousand commits a second.

While one commit is under way, what comes meanwhile gathers, and is the next. Whoever brought
something is told only after its commit. At rest nothing waits for company.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from intake.ports.arrivals import Arrival, Intake, IntakeUnavailable

MOST = 200
"""Arrivals in one transaction."""

Result = TypeVar("Result")
Store = Callable[[Sequence[Arrival]], Awaitable[Sequence[Result]]]
"""Stores arrivals durably, all or none; gives what became of each, in their order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Brought(Generic[Result]):
    arrival: Arrival
    done: asyncio.Future[Result]


class Batcher(Generic[Result]):
    """For doors that are called concurrently, with whatever stores what they bring."""

    def __init__(self, store: Store[Result], *, name: str, most: int = MOST) -> None:
        self._store = store
        self._name = name
        self._most = most
        self._waiting: list[_Brought[Result]] = []
        self._working: asyncio.Task[None] | None = None

    async def accept(self, arrival: Arrival) -> Result:
        """Durable when this returns. Raises what the store raises."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Brought(arrival=arrival, done=done))
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name=f"gathering {self._name}")
        return await done

    async def _work(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._take(some)
        finally:
            self._working = None

    async def _take(self, some: Sequence[_Brought[Result]]) -> None:
        try:
            results = await self._store([each.arrival for each in some])
        except BaseException as error:
            if len(some) > 1 and _one_may_be_at_fault(error):
                # Alone, each shows whether it is.
                for each in some:
                    await self._take([each])
                return
            for each in some:
                # Whoever brought it may have left meanwhile.
                if not each.done.done():
                    each.done.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for each, result in zip(some, results, strict=True):
                if not each.done.done():
                    each.done.set_result(result)


class ArrivalBatcher(Batcher[None]):
    """Accepts for the journal."""

    def __init__(self, intake: Intake, source: str) -> None:
        async def store(arrivals: Sequence[Arrival]) -> Sequence[None]:
            await intake.accept(arrivals, source=source)
            return [None] * len(arrivals)

        super().__init__(store, name=source)


def _one_may_be_at_fault(error: BaseException) -> bool:
    return isinstance(error, Exception) and not isinstance(error, IntakeUnavailable)
