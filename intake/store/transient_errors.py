"""Which errors pass by themselves, and are worth trying again: said here and nowhere else.

An error is transient if it is one of `Unavailable` (the desk, a mail server, a mailbox, a file
elsewhere does not answer), an OSError (the network, a time-out, the disk), or the database's own
trouble (it restarts, is full, chose us in a deadlock). Everything else is a mistake of the program
or of what it was given: it is reported at once, and not tried again.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg
from procrastinate.exceptions import ConnectorException

from intake.ports.arrivals import IntakeUnavailable
from intake.ports.unavailable import Unavailable
from intake.store.database import Connection, Database, DatabaseUnavailable

PASSING = (
    psycopg.OperationalError
    | psycopg.InterfaceError
    | psycopg.errors.ReadOnlySqlTransaction
    | psycopg.errors.IdleInTransactionSessionTimeout
)
"""Errors of psycopg that say that the database, or our connection to it, is not there now: also for
a moment after a failover (25006), and where an administrator bounds idle transactions (25P03)."""


def is_transient(error: BaseException) -> bool:
    """Whether it is worth trying again what failed with this error."""
    return isinstance(error, Unavailable | OSError) or is_away(error)


def is_away(error: BaseException) -> bool:
    """Whether an error is the database's trouble, which passes, and not what we asked of it."""
    if isinstance(error, ConnectorException) and error.__cause__ is not None:
        # What the queue makes of the database's errors.
        error = error.__cause__
    if isinstance(error, psycopg.errors.ProgramLimitExceeded):
        return False
    if isinstance(error, psycopg.InternalError) and error.sqlstate is None:
        # psycopg's own, where a connection ends in the middle of an exchange.
        return True
    return isinstance(error, PASSING | DatabaseUnavailable)


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[Connection]:
    """A transaction that raises IntakeUnavailable if the database is unreachable."""
    with as_unavailable():
        async with database.transaction() as connection:
            yield connection


@contextmanager
def as_unavailable() -> Iterator[None]:
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
