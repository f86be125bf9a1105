"""OAuth refresh tokens: one row each, renewed by one daemon at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from intake.store.database import Connection, Database
from intake.store.leases import GONE, lease_key
from intake.store.transient_errors import transaction

LONGEST_WAIT = "SET LOCAL lock_timeout = '100s'"
"""How long to wait for a turn: longer than two requests to a token server may take."""


class Shelf:
    """Implements `intake.ports.arrivals.TokenSlot` with a row, in a transaction that locks it."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    async def load(self) -> str | None:
        """See `TokenSlot.load`."""
        found = await self._connection.execute(
            "SELECT token FROM oauth_tokens WHERE name = %s", [self._name]
        )
        row = await found.fetchone()
        return row["token"] if row else None

    async def save(self, token: str) -> None:
        """See `TokenSlot.save`."""
        await self._connection.execute(
            """INSERT INTO oauth_tokens (name, token) VALUES (%s, %s)
               ON CONFLICT (name) DO UPDATE SET token = excluded.token, updated_at = now()""",
            [self._name, token],
        )


class Tokens:
    """Implements `intake.ports.arrivals.TokenStore` with the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[Shelf]:
        """See `TokenStore.turn`."""
        async with transaction(self._database) as connection:
            await connection.execute(GONE)
            await connection.execute(LONGEST_WAIT)
            await connection.execute("SELECT pg_advisory_xact_lock(%s)", [lease_key(name)])
            yield Shelf(connection, name)
