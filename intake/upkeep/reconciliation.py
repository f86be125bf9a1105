"""The nightly reconciliation: each listener compares what its source holds with the store."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from intake.net.backoff import Backoff, Pace, pause
from intake.ports.arrivals import IntakeUnavailable, Progress
from intake.ports.listener import Listener, ListenerUnavailable

log = structlog.get_logger(__name__)

LOOK = 900.0
"""At most this many seconds of sleep, so that a changed clock or suspended host delays nothing."""


class Reconciler:
    """Runs one daemon's nightly reconciliations, one at a time: servers limit connections."""

    def __init__(
        self,
        *,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        pace: Pace | None = None,
        look: float = LOOK,
    ) -> None:
        """`zone`: time zone of the listeners' `reconcile_at`. `look`: longest sleep, in seconds."""
        self._look = look
        self._zone = zone
        self._clock = clock
        self._pace = pace or Pace()
        self._turn = asyncio.Semaphore(1)

    async def watch(
        self, listener: Listener, *, stopping: asyncio.Event, progress: Progress
    ) -> None:
        """Reconcile each night until `stopping`. What fails is tried again until it succeeds."""
        while not stopping.is_set():
            due = next_night(listener.reconcile_at, self._clock(), self._zone)
            while (wait := (due - self._clock()).total_seconds()) > 0 and not stopping.is_set():
                await pause(min(wait, self._look), stopping)
            await self._reconcile(listener, stopping, progress)

    async def _reconcile(
        self, listener: Listener, stopping: asyncio.Event, progress: Progress
    ) -> None:
        backoff = Backoff(self._pace)
        while not stopping.is_set():
            try:
                async with self._turn:
                    new = await listener.reconcile()
            except (ListenerUnavailable, IntakeUnavailable) as error:
                seconds = backoff.failed(error)
                reason = f"nightly comparison: {error}"
                progress.listener_failed(listener.source, reason)
                log.warning(
                    "listener.unavailable", source=listener.source, reason=reason, again_in=seconds
                )
                await pause(seconds, stopping)
            else:
                log.info("listener.reconciled", source=listener.source, new=new)
                return


def next_night(at: time, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant later than `after` at which clocks in `zone` show `at`.

    A time that the change to summer time skips counts as if it had not been skipped. Of a time that
    occurs twice, the first counts.
    """
    day = after.astimezone(zone).date()
    reconciler = (
        datetime.combine(day + timedelta(days=n), at, zone).astimezone(UTC) for n in (0, 1)
    )
    return next(night for night in reconciler if night > after)
