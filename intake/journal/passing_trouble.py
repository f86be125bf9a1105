"""The database's trouble, which passes, in the words of those who will try again."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg
from procrastinate.exceptions import ConnectorException

from intake.journal.database import Connection, Database, DatabaseUnavailable
from intake.listeners.arrival import IntakeUnavailable


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[Connection]:
    """A transaction that raises IntakeUnavailable where the database is away."""
    with worth_trying_again():
        async with database.transaction() as connection:
            yield connection


@contextmanager
def worth_trying_again() -> Iterator[None]:
    """Raises IntakeUnavailable for what the database says while it is away."""
    try:
        yield
    except ConnectorException as error:
        # What the queue makes of the database's errors.
        if not isinstance(error.__cause__, psycopg.OperationalError):
            raise
        raise IntakeUnavailable(_because(error.__cause__)) from error
    except (psycopg.OperationalError, DatabaseUnavailable) as error:
        raise IntakeUnavailable(_because(error)) from error


def _because(error: Exception) -> str:
    return f"journal: {' '.join(str(error).split())}"
