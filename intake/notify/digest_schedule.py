"""Computes when the next digest goes out, and queues the job for it."""

from datetime import datetime, timedelta

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.store.database import Connection
from intake.store.queue import DIGEST
from routing.calendar import CalendarNeverOpen

_DAY = timedelta(days=1)
_FURTHEST = 60
"""Days to search ahead: no desk is closed for longer."""


async def wait_for_morning(context: Context, connection: Connection) -> None:
    """Queue the job for the next digest, unless one is queued already."""
    at = next_morning(context.config, after=context.clock())
    if at is not None:
        await context.queue.put_once(connection, DIGEST, f"digest:{at.timestamp():.0f}", at=at)


def next_morning(config: ActiveConfig, *, after: datetime) -> datetime | None:
    """The first instant after `after` at which digests go out; None where they never do."""
    local = after.astimezone(config.policy.procedure.calendar.zone)
    for days in range(_FURTHEST):
        at = morning_of(config, local + days * _DAY)
        if at is not None and at > after:
            return at
    return None


def morning_of(config: ActiveConfig, day: datetime) -> datetime | None:
    """When digests go out on the local date of `day`; None where they do not."""
    settings, calendar = config.settings.watch, config.policy.procedure.calendar
    if not (settings.enabled and settings.digest.enabled):
        return None
    try:
        opens = calendar.on(day.astimezone(calendar.zone).date())
    except CalendarNeverOpen:
        return None
    if not opens:
        return None
    first = opens[0].opens.astimezone(calendar.zone)
    wished = settings.digest.at
    return first if wished is None else datetime.combine(first.date(), wished, calendar.zone)
