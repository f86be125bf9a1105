"""Turn errors that mean "the database is unreachable for now" into IntakeUnavailable."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg
from procrastinate.exceptions import ConnectorException

from intake.ports.arrivals import IntakeUnavailable
from intake.store.database import Connection, Database, DatabaseUnavailable, is_away


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[Connection]:
    """A transaction that raises IntakeUnavailable if the database is unreachable."""
    with worth_trying_again():
        async with database.transaction() as connection:
            yield connection


@contextmanager
def worth_trying_again() -> Iterator[None]:
    """Raises IntakeUnavailable for errors that mean the database is unreachable."""
    try:
        yield
    except (psycopg.OperationalError, DatabaseUnavailable, ConnectorException) as error:
        if not is_away(error):
            raise
        # Procrastinate wraps the database's errors in its own.
        because = error.__cause__ if isinstance(error, ConnectorException) else error
        raise IntakeUnavailable(_because(because)) from error


def _because(error: BaseException | None) -> str:
    return f"journal: {' '.join(str(error).split())}"
