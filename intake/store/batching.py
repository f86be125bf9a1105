"""Store many small arrivals in one transaction: a disk cannot do a thousand commits a second.

While one commit is under way, new arrivals collect and form the next transaction. Callers are
answered only after the commit. When nothing is under way, an arrival is stored at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from intake.ports.arrivals import Arrival, Intake, IntakeUnavailable

MOST = 200
"""Arrivals in one transaction, at most."""

Result = TypeVar("Result")
Store = Callable[[Sequence[Arrival]], Awaitable[Sequence[Result]]]
"""Stores arrivals durably, all or none, and returns a result for each, in their order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Brought(Generic[Result]):
    arrival: Arrival
    done: asyncio.Future[Result]


class Batcher(Generic[Result]):
    """Batches the arrivals of concurrent callers, such as webhooks, for a store function."""

    def __init__(self, store: Store[Result], *, name: str, most: int = MOST) -> None:
        self._store = store
        self._name = name
        self._most = most
        self._waiting: list[_Brought[Result]] = []
        self._working: asyncio.Task[None] | None = None

    async def accept(self, arrival: Arrival) -> Result:
        """Store an arrival; it is durable on return. Raises what the store function raises."""
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
                # Store each alone, so that only the faulty one fails.
                for each in some:
                    await self._take([each])
                return
            for each in some:
                # The caller may have gone.
                if not each.done.done():
                    each.done.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for each, result in zip(some, results, strict=True):
                if not each.done.done():
                    each.done.set_result(result)


class ArrivalBatcher(Batcher[None]):
    """A batcher that stores arrivals in the inbox."""

    def __init__(self, intake: Intake, source: str) -> None:
        async def store(arrivals: Sequence[Arrival]) -> Sequence[None]:
            await intake.accept(arrivals, source=source)
            return [None] * len(arrivals)

        super().__init__(store, name=source)


def _one_may_be_at_fault(error: BaseException) -> bool:
    return isinstance(error, Exception) and not isinstance(error, IntakeUnavailable)
