"""Counts of everything that is waiting to be processed."""

from dataclasses import dataclass
from datetime import datetime

from intake.store.database import Connection

STATE = """
    SELECT count(*) FILTER (WHERE state = 'new') AS waiting,
           count(*) FILTER (WHERE state = 'failed') AS failed,
           min(accepted_at) FILTER (WHERE state = 'new') AS since,
           coalesce(extract(epoch FROM now() - min(accepted_at) FILTER (WHERE state = 'new')), 0)
               AS oldest
      FROM messages WHERE state IN ('new', 'failed')
"""
QUEUED = "SELECT count(*) AS n FROM replies WHERE state = 'queued'"
REFUSED = """
    SELECT count(*) AS n FROM tickets
     WHERE desk_refusal IS NOT NULL AND desk_discarded IS NULL
"""
DESK = """
    SELECT count(*) AS n FROM procrastinate_jobs
     WHERE task_name = 'desk_sync' AND status IN ('todo', 'doing')
"""

JOBS = "SELECT count(*) AS n FROM job_failures"


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """Counts of waiting rows, by what they wait for."""

    messages: int
    failed: int
    oldest: datetime | None
    """When the oldest waiting message was accepted."""
    oldest_seconds: float
    """Age of the oldest waiting message, by the database's clock."""
    replies: int
    desk_jobs: int
    refused: int
    """Tickets that the desk refused and nobody has dealt with."""
    failed_jobs: int
    """Jobs that failed by a mistake."""


async def load_backlog(connection: Connection) -> Backlog:
    """Load all counts in one round trip."""
    async with connection.pipeline():
        state = await connection.execute(STATE)
        queued = await connection.execute(QUEUED)
        desk = await connection.execute(DESK)
        refused = await connection.execute(REFUSED)
        jobs = await connection.execute(JOBS)
        row = await state.fetchone()
        assert row is not None, "an aggregate always gives a row"
        return Backlog(
            messages=row["waiting"],
            failed=row["failed"],
            oldest=row["since"],
            oldest_seconds=float(row["oldest"]),
            replies=(await queued.fetchone() or {"n": 0})["n"],
            desk_jobs=(await desk.fetchone() or {"n": 0})["n"],
            refused=(await refused.fetchone() or {"n": 0})["n"],
            failed_jobs=(await jobs.fetchone() or {"n": 0})["n"],
        )
