"""This run of the program: its name in claims, the proof that it lives, what may run beside what.

A run proves that it lives by a lease (an advisory lock of a session), which ends with it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from intake.ports.arrivals import LeaseLost
from intake.store.claims import release_all, take_back
from intake.store.database import Database
from intake.store.leases import Leases


class ProcessRun:
    """One start of the program."""

    def __init__(self, leases: Leases) -> None:
        self.id = uuid4()
        self._leases = leases
        self._begun = False
        self._inside = 0
        self._nobody = asyncio.Event()
        self._nobody.set()
        self._open = asyncio.Event()
        self._open.set()
        self._turns = asyncio.Lock()

    async def begin(self) -> None:
        """Take the lease, before the first claim. Raises psycopg.OperationalError."""
        # Jobs that begin together all ask; only one of them gets the lease, for all.
        if not self._begun and await self._leases.take(_lease(self.id)):
            self._begun = True

    async def lives(self, other: UUID) -> bool:
        """Whether another run still holds its lease."""
        return not await self._leases.is_free(_lease(other))

    async def keep(self, database: Database) -> None:
        """Take the lease again where a fault of the database has cost it.

        What was put down to our death meanwhile is taken back.
        """
        if not self._begun:
            return
        try:
            await self._leases.check(_lease(self.id))
        except LeaseLost:
            if not await self._leases.take(_lease(self.id)):
                # The server has not noticed yet that our old session is gone.
                return
            async with database.transaction() as connection:
                await take_back(connection, self.id)

    async def end(self, database: Database) -> None:
        """Leave no claim behind: this end is no death."""
        if self._begun:
            async with database.transaction() as connection:
                await release_all(connection, self.id)
            await self._leases.release(_lease(self.id))

    @asynccontextmanager
    async def in_company(self) -> AsyncIterator[None]:
        """Messages are in hand, and others may be beside them."""
        while not self._open.is_set():
            await self._open.wait()
        self._inside += 1
        self._nobody.clear()
        try:
            yield
        finally:
            self._inside -= 1
            if self._inside == 0:
                self._nobody.set()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Wait until nothing is in hand; until the end of the block nothing else is."""
        async with self._turns:
            self._open.clear()
            try:
                await self._nobody.wait()
                yield
            finally:
                self._open.set()


def _lease(run: UUID) -> str:
    return f"run:{run}"
