"""Counts the tickets of the month that met the SLA, in the store, when metrics are requested."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
import structlog

from intake.metrics import Metrics
from intake.store.database import Database, DatabaseUnavailable
from intake.store.sla_report import judged
from routing.calendar.month import month_bounds

log = structlog.get_logger()

FRESH = 60.0
"""Seconds for which a count is reused, at least."""
AT_MOST = 0.01
"""Largest share of time spent on counting. The longer a count takes, the less often it is done."""
PATIENCE = 8.0
"""Seconds that a count may take. Prometheus waits ten for a response."""


class SlaGauges:
    """Fills the SLA gauges and limits how often they are counted.

    `zone` decides where the month begins, `now` is the desk's clock, `timer` is in seconds.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        *,
        zone: Callable[[], ZoneInfo],
        now: Callable[[], datetime],
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._meters = metrics
        self._zone = zone
        self._now = now
        self._timer = timer
        self._stands_until = timer()

    async def refresh(self) -> None:
        """Count again, unless the last count is recent enough."""
        began = self._timer()
        if began < self._stands_until:
            return
        # Requests during this count get the last count.
        self._stands_until = began + FRESH
        try:
            async with asyncio.timeout(PATIENCE):
                await self._count()
        except (psycopg.Error, DatabaseUnavailable) as error:
            log.warning("metrics.promises_not_counted", reason=" ".join(str(error).split()))
        except TimeoutError:
            log.warning("metrics.promises_not_counted", reason=f"not within {PATIENCE:.0f} s")
        ended = self._timer()
        self._stands_until = ended + max(FRESH, (ended - began) / AT_MOST)

    async def _count(self) -> None:
        now = self._now()
        since, until = month_bounds(now.astimezone(self._zone()).date(), self._zone())
        async with self._database.transaction() as connection:
            self._meters.promised(await judged(connection, since, until, now=now))
