"""This run of the program: its id in claims, the proof that it is alive, and which work may
overlap.

A run proves that it is alive by a lease (a session's advisory lock), which ends with the session.
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
    """One run of the program."""

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
        """Take the lease; call this before the first claim. Raises psycopg.OperationalError."""
        # Jobs that begin at the same time all ask; one gets the lease for all of them.
        if not self._begun and await self._leases.take(_lease(self.id)):
            self._begun = True

    async def lives(self, other: UUID) -> bool:
        """Whether another run still holds its lease."""
        return not await self._leases.is_free(_lease(other))

    async def keep(self, database: Database) -> None:
        """Take the lease again if a database failure has cost it.

        Deaths that were recorded for this run meanwhile are deleted.
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
        """Release all claims, so that this normal end is not counted as a death."""
        if self._begun:
            async with database.transaction() as connection:
                await release_all(connection, self.id)
            await self._leases.release(_lease(self.id))

    @asynccontextmanager
    async def shared(self) -> AsyncIterator[None]:
        """Work on messages while others may do so too."""
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
        """Wait until no message is being worked on, and keep others out until the end of the
        block.
        """
        async with self._turns:
            self._open.clear()
            try:
                await self._nobody.wait()
                yield
            finally:
                self._open.set()


def _lease(run: UUID) -> str:
    return f"run:{run}"
