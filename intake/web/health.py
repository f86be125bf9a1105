"""Tells whether the daemon is healthy, by asking the store on each request."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from intake.metrics import Metrics
from intake.store.backlog import Backlog, load_backlog
from intake.store.database import Database, DatabaseUnavailable
from intake.web.sla_metrics import SlaGauges

LONGEST_WAIT = 300.0
"""Seconds that the same message may be the oldest unprocessed one before the daemon counts as
stuck. With a mere backlog, the oldest message keeps changing."""
PATIENCE = 5.0
"""Seconds to wait for the store's answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthReport:
    """The response of `/healthz`."""

    healthy: bool
    problems: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The response's body."""
        return {"healthy": self.healthy, "problems": list(self.problems)}


class Health:
    """Reads the store, fills the gauges, and checks whether messages are being processed."""

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        clock: Callable[[], float] = time.monotonic,
        promises: SlaGauges | None = None,
    ) -> None:
        self._database = database
        self._promises = promises
        self.metrics = metrics
        self._clock = clock
        self._oldest: datetime | None = None
        self._oldest_seen = clock()

    async def measure(self) -> None:
        """Fill all gauges, including those that do not affect health."""
        if not await self.refresh() and self._promises is not None:
            await self._promises.refresh()

    async def refresh(self) -> str:
        """Fill the gauges. Returns what is wrong with the store; empty if nothing is."""
        try:
            async with asyncio.timeout(PATIENCE), self._database.transaction() as connection:
                backlog = await load_backlog(connection)
        except (psycopg.Error, DatabaseUnavailable) as error:
            self._note_oldest(None)
            return f"journal: {' '.join(str(error).split())}"
        except TimeoutError:
            self._note_oldest(None)
            return f"journal: no answer within {PATIENCE:.0f} s"
        self._fill(backlog)
        self._note_oldest(backlog.oldest)
        return ""

    def _fill(self, backlog: Backlog) -> None:
        self.metrics.waiting.set(backlog.messages)
        self.metrics.failed.set(backlog.failed)
        self.metrics.oldest_waiting.set(backlog.oldest_seconds)
        self.metrics.queued_replies.set(backlog.replies)
        self.metrics.refused.set(backlog.refused)
        self.metrics.unsynced.set(backlog.desk_jobs)
        self.metrics.failed_jobs.set(backlog.failed_jobs)

    async def report(self) -> HealthReport:
        """The daemon's health. It is unhealthy if the store is unavailable or messages are not
        processed.

        A mailbox that cannot be reached is listed as a problem, but the daemon stays healthy: a
        restart would not help.
        """
        journal = await self.refresh() or self.stuck
        listeners = [f"{source}: {why}" for source, why in sorted(self.metrics.failing.items())]
        problems = (journal, *listeners) if journal else tuple(listeners)
        return HealthReport(healthy=not journal, problems=problems)

    @property
    def stuck(self) -> str:
        """Why the daemon needs a restart, as of the last `refresh`; empty if messages are
        processed.

        An unavailable store is no reason: the daemon waits for it.
        """
        waited = self._clock() - self._oldest_seen
        if self._oldest is None or waited <= LONGEST_WAIT:
            return ""
        return f"the oldest unprocessed message has not changed for {waited:.0f} s"

    def _note_oldest(self, since: datetime | None) -> None:
        if since != self._oldest:
            self._oldest, self._oldest_seen = since, self._clock()
