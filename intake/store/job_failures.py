"""Jobs that failed by a mistake, not by something that was away: kept for a person to look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from intake.store.database import Connection

INSERT = """
    INSERT INTO job_failures (task, arguments, lock, reason, failed_at) VALUES (%s, %s, %s, %s, %s)
"""
SELECT = "SELECT id, task, arguments, lock, reason, failed_at FROM job_failures ORDER BY id"
TAKE = """
    DELETE FROM job_failures WHERE %(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s)
    RETURNING id, task, arguments, lock, reason, failed_at
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobFailure:
    """A job as it was, and why it failed."""

    id: int
    task: str
    arguments: Mapping[str, Any]
    lock: str | None
    reason: str
    failed_at: datetime


async def record_failure(
    connection: Connection,
    task: str,
    arguments: Mapping[str, Any],
    lock: str | None,
    *,
    reason: str,
    at: datetime,
) -> None:
    """Keep a job that failed."""
    await connection.execute(INSERT, [task, Jsonb(dict(arguments)), lock, reason, at])


async def load_failures(connection: Connection) -> list[JobFailure]:
    """All of them, oldest first."""
    async with connection.cursor(row_factory=class_row(JobFailure)) as cursor:
        await cursor.execute(SELECT.encode())
        return await cursor.fetchall()


async def take_failures(connection: Connection, ids: Sequence[int] | None) -> list[JobFailure]:
    """Remove those of `ids`, all of them for None, and give them back: to run them, or to be done
    with them."""
    async with connection.cursor(row_factory=class_row(JobFailure)) as cursor:
        await cursor.execute(TAKE.encode(), {"ids": None if ids is None else list(ids)})
        found = await cursor.fetchall()
    return sorted(found, key=lambda each: each.id)
