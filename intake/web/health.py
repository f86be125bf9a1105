"""Is the daemon well? Read from the journal when somebody asks."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from intake.metrics import Meters
from intake.store.database import Database, DatabaseUnavailable
from intake.web.sla_metrics import PromiseCount

LONGEST_WAIT = 300.0
"""Seconds that one and the same message may be the oldest unprocessed before we call ourselves
stuck. A long backlog is not: there the oldest changes all the time."""
PATIENCE = 5.0
"""Seconds that the journal has for an answer."""

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
    """Asks the journal, fills the gauges, and sees whether work gets done."""

    def __init__(
        self,
        database: Database,
        meters: Meters,
        clock: Callable[[], float] = time.monotonic,
        promises: PromiseCount | None = None,
    ) -> None:
        self._database = database
        self._promises = promises
        self.meters = meters
        self._clock = clock
        self._oldest: datetime | None = None
        self._oldest_seen = clock()

    async def measure(self) -> None:
        """Fill all gauges, those that nobody's health hangs on as well."""
        if not await self.refresh() and self._promises is not None:
            await self._promises.refresh()

    async def refresh(self) -> str:
        """Fill the gauges; gives what is wrong with the journal, or the empty string."""
        try:
            async with (
                asyncio.timeout(PATIENCE),
                self._database.transaction() as connection,
                connection.pipeline(),
            ):
                state = await connection.execute(STATE)
                queued = await connection.execute(QUEUED)
                desk = await connection.execute(DESK)
                refused = await connection.execute(REFUSED)
                row = await state.fetchone()
                assert row is not None, "an aggregate always gives a row"
                self.meters.waiting.set(row["waiting"])
                self.meters.failed.set(row["failed"])
                self.meters.oldest_waiting.set(float(row["oldest"]))
                self.meters.queued_replies.set((await queued.fetchone() or {"n": 0})["n"])
                self.meters.refused.set((await refused.fetchone() or {"n": 0})["n"])
                self.meters.uncarried.set((await desk.fetchone() or {"n": 0})["n"])
        except (psycopg.Error, DatabaseUnavailable) as error:
            self._note_oldest(None)
            return f"journal: {' '.join(str(error).split())}"
        except TimeoutError:
            self._note_oldest(None)
            return f"journal: no answer within {PATIENCE:.0f} s"
        self._note_oldest(row["since"])
        return ""

    async def report(self) -> HealthReport:
        """Unwell where the journal is away or work does not get done. A mailbox that cannot be
        reached is a problem to know of, but restarting the daemon would not help."""
        journal = await self.refresh() or self.stuck
        listeners = [f"{source}: {why}" for source, why in sorted(self.meters.failing.items())]
        problems = (journal, *listeners) if journal else tuple(listeners)
        return HealthReport(healthy=not journal, problems=problems)

    @property
    def stuck(self) -> str:
        """Why only a restart would help, by the last look; empty where work gets done.

        A journal that is away is waited for, not restarted about.
        """
        waited = self._clock() - self._oldest_seen
        if self._oldest is None or waited <= LONGEST_WAIT:
            return ""
        return f"the oldest unprocessed message has not changed for {waited:.0f} s"

    def _note_oldest(self, since: datetime | None) -> None:
        if since != self._oldest:
            self._oldest, self._oldest_seen = since, self._clock()
