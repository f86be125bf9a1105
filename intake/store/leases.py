"""One listener per mailbox, one owner per running job, among all daemons on one database.

A lease is a session's advisory lock: when the session ends, however it ends, so does the lease.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog

from intake.ports.arrivals import LeaseLost

log = structlog.get_logger()

GONE = """
    SELECT set_config('tcp_keepalives_idle', '15', false),
           set_config('tcp_keepalives_interval', '5', false),
           set_config('tcp_keepalives_count', '3', false),
           set_config('tcp_user_timeout', '30000', false)
"""
"""Lets the server notice within half a minute, instead of the usual two hours, that our host lost
power or network. Until then nobody could take over its leases. Has no effect on a unix socket.
"""


def lease_key(name: str) -> int:
    """The lock's key: a signed 64-bit number for PostgreSQL, the same on all hosts."""
    return int.from_bytes(hashlib.sha256(f"lease:{name}".encode()).digest()[:8], signed=True)


class Leases:
    """All leases of this daemon, on one connection of their own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._held: set[str] = set()
        self._guard = asyncio.Lock()

    @asynccontextmanager
    async def lease(self, name: str) -> AsyncIterator[bool]:
        """Hold a lease during the block. Yields False if somebody else has it.

        Raises psycopg.OperationalError if the database cannot be reached.
        """
        held = await self.take(name)
        try:
            yield held
        finally:
            if held:
                await self.release(name)

    async def take(self, name: str) -> bool:
        """Try to take a lease. Also returns False if this daemon already has it.

        Raises psycopg.OperationalError if the database cannot be reached.
        """
        async with self._guard:
            if name in self._held:
                return False
            connection = await self._connected()
            if not await self._ask(connection, "SELECT pg_try_advisory_lock(%s)", name):
                return False
            self._held.add(name)
            return True

    async def release(self, name: str) -> None:
        """Release a lease. Does nothing if it was lost."""
        async with self._guard:
            if name not in self._held:
                return
            self._held.discard(name)
            if self._connection is not None:
                try:
                    await self._ask(self._connection, "SELECT pg_advisory_unlock(%s)", name)
                except psycopg.OperationalError:
                    await self._lost()

    async def is_free(self, name: str) -> bool:
        """Whether nobody holds the lease. Asking takes only a shared lock, so several may ask at
        once.

        Raises psycopg.OperationalError if the database cannot be reached.
        """
        async with self._guard:
            connection = await self._connected()
            if not await self._ask(connection, "SELECT pg_try_advisory_lock_shared(%s)", name):
                return False
            # Our own session always gets the shared lock, so `_held` tells whether we hold the
            # lease.
            await self._ask(connection, "SELECT pg_advisory_unlock_shared(%s)", name)
            return name not in self._held

    async def check(self, name: str) -> None:
        """Raises LeaseLost if the lease is no longer ours."""
        async with self._guard:
            if name in self._held and self._connection is not None:
                try:
                    await self._connection.execute("SELECT 1")
                    return
                except psycopg.OperationalError:
                    await self._lost()
        raise LeaseLost(name)

    async def close(self) -> None:
        """Release all leases."""
        async with self._guard:
            await self._lost()

    async def _connected(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        if self._connection is not None:
            try:
                await self._connection.execute("SELECT 1")
            except psycopg.OperationalError:
                await self._lost()
        if self._connection is None:
            connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
            await connection.execute(GONE)
            self._connection = connection
        return self._connection

    async def _ask(
        self, connection: psycopg.AsyncConnection[tuple[object, ...]], query: str, name: str
    ) -> bool:
        cursor = await connection.execute(query.encode(), [lease_key(name)])
        row = await cursor.fetchone()
        return bool(row and row[0])

    async def _lost(self) -> None:
        if self._held:
            log.warning("leases.lost", names=sorted(self._held))
        self._held.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
