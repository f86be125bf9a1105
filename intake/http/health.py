"""Is the daemon well? Read from the journal when somebody asks."""

from dataclasses import dataclass
from typing import Any

import psycopg

from intake.http.meters import Meters
from intake.journal.database import Database, DatabaseUnavailable

LONGEST_WAIT = 300.0
"""Seconds that a message may lie in the journal unprocessed before we call ourselves unwell."""

STATE = """
    SELECT count(*) FILTER (WHERE state = 'new') AS waiting,
           count(*) FILTER (WHERE state = 'failed') AS failed,
           coalesce(extract(epoch FROM now() - min(accepted_at) FILTER (WHERE state = 'new')), 0)
               AS oldest
      FROM messages WHERE state IN ('new', 'failed')
"""
QUEUED = "SELECT count(*) AS n FROM replies WHERE state = 'queued'"
DESK = """
    SELECT count(*) AS n FROM procrastinate_jobs
     WHERE task_name = 'carry' AND status IN ('todo', 'doing')
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthReport:
    """What `/healthz` says."""

    healthy: bool
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For the response's body."""
        return {"healthy": self.healthy, "problems": list(self.problems)}


class Health:
    """Asks the journal, fills the gauges."""

    def __init__(self, database: Database, meters: Meters) -> None:
        self._database = database
        self.meters = meters

    async def refresh(self) -> str:
        """Fill the gauges; gives what is wrong with the journal, or the empty string."""
        try:
            async with self._database.transaction() as connection, connection.pipeline():
                state = await connection.execute(STATE)
                queued = await connection.execute(QUEUED)
                desk = await connection.execute(DESK)
                row = await state.fetchone()
                assert row is not None, "an aggregate always gives a row"
                self.meters.waiting.set(row["waiting"])
                self.meters.failed.set(row["failed"])
                self.meters.oldest_waiting.set(float(row["oldest"]))
                self.meters.queued_replies.set((await queued.fetchone() or {"n": 0})["n"])
                self.meters.uncarried.set((await desk.fetchone() or {"n": 0})["n"])
        except (psycopg.Error, DatabaseUnavailable) as error:
            return f"journal: {' '.join(str(error).split())}"
        if float(row["oldest"]) > LONGEST_WAIT:
            return f"a message has waited for {float(row['oldest']):.0f} s to be processed"
        return ""

    async def report(self) -> HealthReport:
        """Unwell where the journal is away or work does not get done. A mailbox that cannot be
        reached is a problem to know of, but restarting the daemon would not help."""
        journal = await self.refresh()
        listeners = [f"{source}: {why}" for source, why in sorted(self.meters.failing.items())]
        problems = (journal, *listeners) if journal else tuple(listeners)
        return HealthReport(healthy=not journal, problems=problems)
