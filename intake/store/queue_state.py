"""Jobs that are running or ready, for supervising the workers."""

from psycopg.rows import DictRow

from intake.store.database import Connection

RUNNING = """
    SELECT j.id, j.worker_id,
           w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(stalled)s) AS stalled,
           w.last_heartbeat < now() - make_interval(secs => %(grace)s) AS settled
      FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
     WHERE j.status = 'doing'
"""
READY = """
    SELECT count(*) AS n FROM procrastinate_jobs j
     WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
       AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs earlier
                        WHERE earlier.lock = j.lock AND earlier.id < j.id
                          AND earlier.status = 'todo' AND earlier.scheduled_at > now())
"""
"""Leaves out jobs behind one with the same lock that is to be tried again later."""


async def running_jobs(connection: Connection, *, stalled: float, grace: float) -> list[DictRow]:
    """Running jobs with their workers.

    `stalled`: the worker is unknown, or its last heartbeat is more than `stalled` seconds ago.
    `settled`: its last heartbeat is more than `grace` seconds ago.
    """
    cursor = await connection.execute(RUNNING, {"stalled": stalled, "grace": grace})
    return await cursor.fetchall()


async def count_ready(connection: Connection) -> int:
    """Number of jobs that could be run now."""
    row = await (await connection.execute(READY)).fetchone()
    return int(row["n"]) if row else 0
