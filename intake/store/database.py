"""The connection to the store's PostgreSQL: embedded or external, opened, migrated, kept alive."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog
from psycopg.conninfo import make_conninfo
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from intake.ports.unavailable import Unavailable
from intake.settings.database import Database as DatabaseSettings
from intake.store.embedded import EmbeddedPostgres
from intake.store.migrate import migrate

log = structlog.get_logger()

Connection = psycopg.AsyncConnection[DictRow]
Pool = AsyncConnectionPool[Connection]

WATCH_SECONDS = 0.5
IDLE_SECONDS = 3.0
"""Every this many seconds, the pool closes one connection that was not needed. An open connection
keeps as much memory as the largest batch it has handled.
"""
KEEPALIVES = {
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "connect_timeout": "10",
}


class DatabaseUnavailable(Unavailable):
    """the journal's database cannot be reached"""


def connection_url(settings: DatabaseSettings) -> str:
    """The connection string of an external server, with the password from its credential.

    Raises DatabaseUnavailable if database.url is not a PostgreSQL URL.
    """
    extra: dict[str, str] = dict(KEEPALIVES)
    if settings.password is not None:
        extra["password"] = settings.password.read()
    try:
        return make_conninfo(settings.url, **extra)
    except psycopg.ProgrammingError as error:
        raise DatabaseUnavailable(f"database.url is not a PostgreSQL URL: {error}") from error


class Database:
    """The store's open database."""

    def __init__(self, url: str, pool: Pool, server: EmbeddedPostgres | None) -> None:
        self.url = url
        self.pool = pool
        self.server = server

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: DatabaseSettings) -> AsyncIterator["Database"]:
        """Start the embedded server or connect to the external one, migrate, and open a pool.

        Raises DatabaseUnavailable, EmbeddedUnavailable, DatabaseNewer or CredentialMissing.
        """
        server = None if settings.url else EmbeddedPostgres(settings.folder)
        url = await asyncio.to_thread(server.start) if server else connection_url(settings)
        try:
            await _migrated(url)
            async with _pool(url, settings.pool_size) as pool:
                yield cls(url, pool, server)
        finally:
            if server is not None:
                await asyncio.to_thread(server.stop)

    async def keep_alive(self) -> None:
        """Restart the embedded server whenever it dies. Runs until cancelled."""
        if self.server is None:
            return
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if not self.server.is_running():
                try:
                    await asyncio.to_thread(self.server.ensure_running)
                except Exception:
                    # Whatever it is, the next round tries again. Meanwhile /healthz reports that
                    # the database is unavailable.
                    log.exception("store.server_down", folder=str(self.server.folder))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection in a transaction that commits at the end.

        Raises DatabaseUnavailable if no connection is free in time.
        """
        try:
            async with self.pool.connection() as connection:
                yield connection
        except PoolTimeout as error:
            raise DatabaseUnavailable(str(error)) from error
        except psycopg.OperationalError:
            # If one connection broke, the others probably did too, and each would cause a failure.
            await self.pool.check()
            raise


async def _migrated(url: str) -> None:
    try:
        await asyncio.to_thread(migrate, url)
    except psycopg.OperationalError as error:
        raise DatabaseUnavailable(" ".join(str(error).split())) from error


@asynccontextmanager
async def _pool(url: str, size: int) -> AsyncIterator[Pool]:
    pool: Pool = AsyncConnectionPool(
        url,
        min_size=1,
        max_size=size,
        timeout=30,
        max_idle=IDLE_SECONDS,
        connection_class=psycopg.AsyncConnection[DictRow],
        kwargs={"row_factory": dict_row},
        open=False,
    )
    await pool.open(wait=True)
    try:
        yield pool
    finally:
        await pool.close()
