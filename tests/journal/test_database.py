"""The pool of connections: a server that went away and came back costs one failure, not many."""

import asyncio

import psycopg
import pytest

from intake.settings.database import Database as DatabaseSettings
from intake.store.database import Database

CUT_ALL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def use(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_sleep(0.05)")


async def test_one_failure_is_enough_to_be_rid_of_all_broken_connections(
    database_settings: DatabaseSettings,
) -> None:
    async with Database.open(database_settings) as database:
        await asyncio.gather(*(use(database) for _ in range(4)))
        with psycopg.connect(database_settings.url, autocommit=True) as connection:
            connection.execute(CUT_ALL.encode())
        with pytest.raises(psycopg.OperationalError):
            await use(database)
        for _ in range(4):
            await use(database)
