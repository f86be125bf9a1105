"""Setting the clock: a ticket that changes has its alarms counted anew.

Alarms are rows, and a single job waits on the queue for the next one that is due. A job for each
alarm would not do: whoever fetches a job walks past all that are scheduled for later.
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
"""Tickets in one transaction where all are counted anew."""
OFF = "off"
"""In the place of the settings by which alarms were counted: they were not."""
SOON = timedelta(seconds=1)
"""After which what somebody else had in hand is looked at again."""


async def set_alarms(context: Context, connection: Connection, ticket_ids: Collection[int]) -> None:
    """Count the alarms of these tickets anew, in the transaction that changed the tickets.

    What stays as it was is left alone, so nothing rings twice. Call it last: until the caller's
    transaction ends, nobody decides when to ring next.
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
            # A job waits for that one already, and then for the next.
            return
    await wake_at(context, connection, first)


async def write_alarms(
    connection: Connection, ticket_ids: Collection[int], config: ActiveConfig
) -> list[Alarm]:
    """Returns those that are set now and were not before."""
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


async def wake_at(context: Context, connection: Connection, due: datetime) -> None:
    """Somebody rings at that instant, or when the desk opens after it."""
    now = context.clock()
    at = _next_opening(context.config.policy.procedure.calendar, max(due, now))
    if at is None:
        return
    if at <= now:
        # If the one that waits has looked before our transaction ends, it waits for that end
        # before it looks for the next, and finds ours.
        await context.queue.put_unless_due(connection, FIRE_ALARMS)
    else:
        await context.queue.put_once(
            connection, FIRE_ALARMS, f"fire_alarms:{at.timestamp():.6f}", at=at
        )


async def wake_for_next(context: Context) -> None:
    """Put the job for the next alarm there is."""
    async with context.database.transaction() as connection:
        await journal.lock_exclusive(connection)
        due = await journal.earliest(connection)
        if due is not None:
            # What is due already is in somebody's hand.
            await wake_at(context, connection, max(due, context.clock() + SOON))


async def schedule_alarms(context: Context) -> None:
    """At start, and when the settings have changed: somebody sees to it that all is set."""
    async with context.database.transaction() as connection:
        if not context.config.settings.watch.enabled:
            # Tickets change meanwhile and nobody counts: whoever turns it on counts all of them.
            await journal.record_counted_by(connection, OFF)
            return
        await context.queue.put(connection, FIRE_ALARMS, "fire_alarms:schedule", wind=True)
        await wait_for_morning(context, connection)


async def count_anew(context: Context) -> None:
    """Count all alarms anew where they were counted by other settings."""
    config = context.config
    fingerprint = _fingerprint(config)
    async with context.database.transaction() as connection:
        if await journal.counted_by(connection) == fingerprint:
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
        await journal.record_counted_by(connection, fingerprint)
    log.info("clock.wound", tickets=tickets)


def _fingerprint(config: ActiveConfig) -> str:
    """What alarms are counted by."""
    return f"{config.settings.calendar!r} {config.settings.watch.alarms()!r}"


def _key(alarm: Alarm) -> tuple[int, str, datetime]:
    return alarm.ticket_id, alarm.kind.value, alarm.about


def _next_opening(calendar: BusinessCalendar, at: datetime) -> datetime | None:
    try:
        return calendar.next_opening(at)
    except CalendarNeverOpen:
        return None
