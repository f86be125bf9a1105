"""Bring Procrastinate's tables to the version of the installed package.

The package contains its full schema and, for older versions, SQL files named after the version they
lead to. The database's version is recorded in `queue_schema`.
"""

import importlib.metadata
from pathlib import Path

import procrastinate
import psycopg
from procrastinate.schema import SchemaManager

FREED_LOCK_TRIGGER = """
-- Procrastinate tells workers of new jobs, but not that a job's lock is free again; without this
-- the next job of a conversation would wait for the next poll.
CREATE OR REPLACE FUNCTION intake_tell_freed_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM procrastinate_jobs WHERE lock = OLD.lock AND status = 'todo') THEN
        PERFORM pg_notify('procrastinate_queue_v1#' || OLD.queue_name,
                          json_build_object('type', 'job_inserted', 'job_id', OLD.id)::text);
    END IF;
    RETURN NULL;
END;
$$;
CREATE OR REPLACE TRIGGER intake_freed_lock_on_delete AFTER DELETE ON procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'doing' AND OLD.lock IS NOT NULL)
    EXECUTE FUNCTION intake_tell_freed_lock();
CREATE OR REPLACE TRIGGER intake_freed_lock_on_end AFTER UPDATE OF status ON procrastinate_jobs
    FOR EACH ROW WHEN (OLD.status = 'doing' AND NEW.status NOT IN ('doing', 'todo')
                       AND OLD.lock IS NOT NULL)
    EXECUTE FUNCTION intake_tell_freed_lock();
"""


def installed_version() -> str:
    """The version of the installed procrastinate package."""
    return importlib.metadata.version("procrastinate")


def upgrade(connection: psycopg.Connection) -> None:
    """Create or upgrade the queue's tables, in the caller's transaction."""
    connection.execute("CREATE TABLE IF NOT EXISTS queue_schema (version text NOT NULL)")
    row = connection.execute("SELECT version FROM queue_schema").fetchone()
    if row is None:
        connection.execute(SchemaManager.get_schema().encode())
        connection.execute("INSERT INTO queue_schema VALUES (%s)", [installed_version()])
    else:
        for script in _scripts_after(str(row[0])):
            connection.execute(script.read_bytes())
        connection.execute("UPDATE queue_schema SET version = %s", [installed_version()])
    connection.execute(FREED_LOCK_TRIGGER.encode())


def _scripts_after(version: str) -> list[Path]:
    folder = Path(procrastinate.__file__).parent / "sql" / "migrations"
    return sorted(
        script for script in folder.glob("*.sql") if _number(script.name) > _number(version)
    )


def _number(name: str) -> tuple[int, ...]:
    """Version numbers as tuples, so that `03.02.00_01_pre_…` and `3.2.0` compare."""
    return tuple(int(part) for part in name.partition("_")[0].split(".")[:3])
