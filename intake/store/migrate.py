"""Bring the store's schema to this program's version at start."""

import subprocess
import sys
from pathlib import Path

import psycopg
import structlog

from intake.store import queue_schema
from intake.store.migrations import HEAD

log = structlog.get_logger()

MIGRATION_LOCK = 7_461_001
"""Advisory lock: of several daemons that start together, one migrates and the others wait."""
_NEWER = 3
"""Exit code of the migrating process if the database is newer than the program."""


class DatabaseNewer(Exception):
    """the database is newer than this program"""


def migrate(url: str) -> None:
    """Apply all missing steps.

    Raises DatabaseNewer if a newer program has migrated the database, psycopg.OperationalError if
    the database cannot be reached or a step fails.
    """
    with psycopg.connect(url) as connection:
        before = _current(connection)
        if before == HEAD and _queue_version(connection) == queue_schema.installed_version():
            return
    # In a separate process, because Alembic and SQLAlchemy would keep 25 MB of memory here.
    done = subprocess.run(
        [sys.executable, "-P", "-m", __name__],
        input=url,
        text=True,
        capture_output=True,
        check=False,
    )
    words = done.stderr.strip().rpartition("\n")[2]
    if done.returncode == _NEWER:
        raise DatabaseNewer(words)
    if done.returncode != 0:
        raise psycopg.OperationalError(f"the journal's migration failed: {words}")
    log.info("store.migrated", before=before, after=HEAD)


def _migrate_here(url: str) -> None:
    """Migrate under a session lock, since Alembic commits in between. The lock ends with the
    connection.
    """
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        current = _current(connection)
        if current is not None and current > HEAD:
            raise DatabaseNewer(
                f"the database is at schema {current}, this program knows up to {HEAD}: "
                "install the newer program again, or restore a backup from before the upgrade"
            )
        if current != HEAD:
            _run_alembic(connection)
        if current != HEAD or _queue_version(connection) != queue_schema.installed_version():
            # Also after our own steps, because our trigger on the queue's tables may change with
            # them.
            queue_schema.upgrade(connection)


def _current(connection: psycopg.Connection) -> str | None:
    if not _exists(connection, "alembic_version"):
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def _queue_version(connection: psycopg.Connection) -> str | None:
    if not _exists(connection, "queue_schema"):
        return None
    row = connection.execute("SELECT version FROM queue_schema").fetchone()
    return str(row[0]) if row else None


def _exists(connection: psycopg.Connection, table: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
    return bool(row and row[0])


def _run_alembic(connection: psycopg.Connection) -> None:
    import alembic.command
    import sqlalchemy
    from alembic.config import Config
    from sqlalchemy.pool import StaticPool

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool
    )
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect() as handle:
        config.attributes["connection"] = handle
        try:
            alembic.command.upgrade(config, "head")
        except sqlalchemy.exc.DBAPIError as error:
            raise psycopg.OperationalError(str(error.orig)) from error


def _main() -> int:
    """Entry point of the separate process; the database's URL comes on standard input."""
    try:
        _migrate_here(sys.stdin.read())
    except DatabaseNewer as error:
        print(error, file=sys.stderr)
        return _NEWER
    except psycopg.Error as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
