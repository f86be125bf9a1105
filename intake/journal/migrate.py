"""Bring the journal's schema to this program's version, once, at start."""

from pathlib import Path

import psycopg
import structlog

from intake.journal import queue_schema
from intake.journal.migrations import HEAD

log = structlog.get_logger()

MIGRATION_LOCK = 7_461_001
"""Advisory lock: of several daemons that start together, one migrates and the others wait."""


class JournalNewer(Exception):
    """the database is newer than this program"""


def migrate(url: str) -> None:
    """Apply what is missing. Raises JournalNewer where a newer program has been here.

    The lock is the session's, since Alembic commits in between; it ends with the connection.
    """
    with psycopg.connect(url) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        current = _current(connection)
        if current is not None and current > HEAD:
            raise JournalNewer(
                f"the database is at schema {current}, this program knows up to {HEAD}: "
                "install the newer program again, or restore a backup from before the upgrade"
            )
        if current != HEAD:
            _run_alembic(connection)
            log.info("journal.migrated", before=current, after=HEAD)
        if _queue_version(connection) != queue_schema.installed_version():
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
    # Loaded here: Alembic and SQLAlchemy are 25 MB that a daemon at rest does not need.
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
        alembic.command.upgrade(config, "head")
