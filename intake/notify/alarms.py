"""Schedules alarms: when a ticket changes, its alarms are computed again.

Alarms are rows, and a single job on the queue waits for the next one. A job for each alarm would
be too slow, because fetching a job scans past all that are scheduled for later.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.notify.digest_schedule import wait_for_morning
from intake.store import alarms as journal
from intake.store.database import Connection
from intake.store.queue import FIRE_ALARMS
from routing.calendar import BusinessCalendar, CalendarNeverOpen
from routing.watch.alarms import Alarm, alarms_of

log = structlog.get_logger()

PAGE = 500
"""Tickets in one transaction when all alarms are computed again."""
OFF = "off"
"""Stored instead of the settings' fingerprint while alarms are switched off and not computed."""
SOON = timedelta(seconds=1)
"""Delay before the next look at alarms that another transaction held."""


async def set_alarms(context: Context, connection: Connection, ticket_ids: Collection[int]) -> None:
    """Compute the alarms of these tickets again, in the transaction that changed the tickets.

    Alarms that stay the same are not touched, so none fires twice. Call it last: until the
    caller's transaction ends, no other one can decide when the next alarm fires.
    """
    config = context.config
    if not ticket_ids or not config.settings.watch.enabled:
        return
    wanted = await write_alarms(connection, ticket_ids, config)
    await journal.lock_shared(connection)
    if not wanted:
        return
    now, first = context.clock(), min(alarm.due_at for alarm in wanted)
    if first > now:
        others = await journal.earliest_between(connection, now, first, ticket_ids)
        if others is not None:
            # A job waits for that earlier alarm already, and will then wait for the next one.
            return
    await queue_fire_alarms(context, connection, first)


async def write_alarms(
    connection: Connection, ticket_ids: Collection[int], config: ActiveConfig
) -> list[Alarm]:
    """Compute and store the alarms of these tickets. Returns those that are new or have moved."""
    await journal.lock_tickets(connection, ticket_ids)
    states = await journal.load_states(connection, ticket_ids)
    kept = {_key(each.alarm): each for each in await journal.kept_alarms(connection, ticket_ids)}
    calendar, policy = config.policy.procedure.calendar, config.settings.watch.alarms()
    should = {
        _key(alarm): alarm
        for state in states.values()
        for alarm in alarms_of(state, calendar, policy)
    }
    new = [alarm for key, alarm in should.items() if key not in kept]
    moved = [
        alarm
        for key, alarm in should.items()
        if key in kept and kept[key].fired_at is None and kept[key].alarm.due_at != alarm.due_at
    ]
    gone = [each.alarm for key, each in kept.items() if key not in should and each.fired_at is None]
    await journal.write_alarms(connection, [*new, *moved], gone)
    return [*new, *moved]


async def queue_fire_alarms(context: Context, connection: Connection, due: datetime) -> None:
    """Queue the job `fire_alarms` for `due`, or for the next opening after it."""
    now = context.clock()
    at = _next_opening(context.config.policy.procedure.calendar, max(due, now))
    if at is None:
        return
    if at <= now:
        # A job that is due already may look before our transaction ends. Then
        # `queue_for_next_alarm` waits for that end (`lock_exclusive`), and finds our alarm.
        await context.queue.put_unless_due(connection, FIRE_ALARMS)
    else:
        await context.queue.put_once(
            connection, FIRE_ALARMS, f"fire_alarms:{at.timestamp():.6f}", at=at
        )


async def queue_for_next_alarm(context: Context) -> None:
    """Queue the job for the next alarm."""
    async with context.database.transaction() as connection:
        await journal.lock_exclusive(connection)
        due = await journal.earliest(connection)
        if due is not None:
            # Alarms that are due already are held by another transaction: look again soon.
            await queue_fire_alarms(context, connection, max(due, context.clock() + SOON))


async def schedule_alarms(context: Context) -> None:
    """Queue a job that computes all alarms again if needed. For start and changed settings."""
    async with context.database.transaction() as connection:
        if not context.config.settings.watch.enabled:
            # Tickets change while alarms are off. Switching them on must compute all again.
            await journal.record_computed_with(connection, OFF)
            return
        await context.queue.put(connection, FIRE_ALARMS, "fire_alarms:schedule", recompute=True)
        await wait_for_morning(context, connection)


async def recompute_alarms(context: Context) -> None:
    """Compute the alarms of all open tickets again if they were computed with other settings."""
    config = context.config
    fingerprint = _fingerprint(config)
    async with context.database.transaction() as connection:
        if await journal.computed_with(connection) == fingerprint:
            return
    last, tickets = 0, 0
    while True:
        async with context.database.transaction() as connection:
            ids = await journal.open_tickets(connection, last, PAGE)
            await write_alarms(connection, ids, config)
        if not ids:
            break
        last, tickets = ids[-1], tickets + len(ids)
    async with context.database.transaction() as connection:
        await journal.record_computed_with(connection, fingerprint)
    log.info("alarms.recomputed", tickets=tickets)


def _fingerprint(config: ActiveConfig) -> str:
    """The settings that alarms depend on, as text to compare."""
    return f"{config.settings.calendar!r} {config.settings.watch.alarms()!r}"


def _key(alarm: Alarm) -> tuple[int, str, datetime]:
    return alarm.ticket_id, alarm.kind.value, alarm.about


def _next_opening(calendar: BusinessCalendar, at: datetime) -> datetime | None:
    try:
        return calendar.next_opening(at)
    except CalendarNeverOpen:
        return None
