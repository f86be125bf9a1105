"""Alarms as rows, and the states of the tickets they belong to.

Whoever changes a ticket's alarms locks the ticket's row first, so that an alarm cannot be set and
fired at the same time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import DictRow

from intake.store.database import Connection
from routing.vocabulary import Kind, Priority, Stage
from routing.watch.alarms import Alarm, AlarmKind
from routing.watch.state import TicketState

NEXT_LOCK = 7_305_001
RING_LOCK = 7_305_002
"""Keys of advisory locks. Nothing else in this database uses them."""

ANSWERED = """
    CASE WHEN t.acknowledged_at >= coalesce(t.reopened_at, t.acknowledged_at)
         THEN t.acknowledged_at
         ELSE least(
             (SELECT min(r.sent_at) FROM replies r
               WHERE r.ticket_id = t.id AND r.state = 'sent' AND r.kind = 'reopened'
                 AND r.sent_at >= t.reopened_at),
             (SELECT min(n.at) FROM desk_notes n
               WHERE n.ticket_id = t.id AND NOT n.internal
                 AND n.at >= coalesce(t.reopened_at, t.received_at)))
     END
"""
"""SQL for when the client got the first answer since ticket `t` was opened or last reopened."""
STATES = f"""
    SELECT t.id, t.number, t.title, t.kind, t.request_type, t.priority, t.level, t.owner, t.stage,
           t.received_at, t.assigned_at, t.first_response_due, t.resolution_due, t.deadline,
           t.reopened_at, t.closed_at, t.desk_url, t.imported_silently,
           {ANSWERED} AS acknowledged_at,
           (SELECT max(c.at) FROM desk_changes c
             WHERE c.ticket_id = t.id AND c.field = 'deadline') AS deadline_set_at,
           greatest(
               (SELECT max(c.at) FROM desk_changes c
                 WHERE c.ticket_id = t.id AND lower(c.who) = lower(t.owner)),
               (SELECT max(n.at) FROM desk_notes n
                 WHERE n.ticket_id = t.id AND lower(n.who) = lower(t.owner))) AS seen_at
      FROM tickets t WHERE t.id = ANY(%s) ORDER BY t.id
"""
LOCK = "SELECT id FROM tickets WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
KEPT = "SELECT ticket_id, kind, about, due_at, fired_at FROM alarms WHERE ticket_id = ANY(%s)"
# SKIP LOCKED: whoever has locked one of these tickets is changing it and will set its alarms.
DUE = """
    SELECT a.ticket_id, a.kind, a.about, a.due_at
      FROM alarms a JOIN tickets t ON t.id = a.ticket_id
     WHERE a.fired_at IS NULL AND a.due_at <= %s ORDER BY a.due_at, a.ticket_id LIMIT %s
       FOR NO KEY UPDATE OF t, a SKIP LOCKED
"""
SET = """
    INSERT INTO alarms (ticket_id, kind, about, due_at)
         SELECT * FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[])
    ON CONFLICT (ticket_id, kind, about) DO UPDATE SET due_at = excluded.due_at
     WHERE alarms.fired_at IS NULL
"""
DROP = """
    DELETE FROM alarms a USING unnest(%s::bigint[], %s::text[], %s::timestamptz[])
                               AS gone(ticket_id, kind, about)
     WHERE a.ticket_id = gone.ticket_id AND a.kind = gone.kind AND a.about = gone.about
       AND a.fired_at IS NULL
"""
RUNG = """
    UPDATE alarms SET fired_at = %s, told = %s
     WHERE ticket_id = %s AND kind = %s AND about = %s
"""
EARLIEST = """
    SELECT min(due_at) AS at FROM alarms
     WHERE fired_at IS NULL AND due_at > %s AND due_at <= %s AND NOT ticket_id = ANY(%s)
"""
OPEN = """
    SELECT id FROM tickets WHERE id > %s AND stage NOT IN ('done', 'cancelled')
     ORDER BY id LIMIT %s
"""
LISTED = """
    SELECT a.ticket_id, a.kind, a.about, a.due_at, a.fired_at, a.told
      FROM alarms a JOIN tickets t ON t.id = a.ticket_id
     WHERE (a.fired_at IS NOT NULL) = %(rung)s AND (%(number)s = '' OR t.number = %(number)s)
     ORDER BY coalesce(a.fired_at, a.due_at) {order}, a.ticket_id LIMIT %(most)s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAlarm:
    """An alarm as stored."""

    alarm: Alarm
    fired_at: datetime | None = None
    told: Sequence[str] = field(default=())
    """Logins of the people who were told."""


async def lock_tickets(connection: Connection, ids: Collection[int]) -> None:
    """Lock these tickets and their alarms against changes until the transaction ends."""
    await connection.execute(LOCK, [sorted(ids)])


async def load_states(connection: Connection, ids: Collection[int]) -> dict[int, TicketState]:
    """The states of these tickets, with the time at which each kind of alarm last fired."""
    fired: dict[int, dict[str, datetime]] = {}
    for kept in await kept_alarms(connection, ids):
        if kept.fired_at is not None:
            mine = fired.setdefault(kept.alarm.ticket_id, {})
            before = mine.get(kept.alarm.kind, kept.fired_at)
            mine[kept.alarm.kind] = max(before, kept.fired_at)
    cursor = await connection.execute(STATES.encode(), [sorted(ids)])
    return {row["id"]: _state(row, fired.get(row["id"], {})) async for row in cursor}


async def kept_alarms(connection: Connection, ids: Collection[int]) -> list[StoredAlarm]:
    """All alarms of these tickets, including those that have fired."""
    cursor = await connection.execute(KEPT, [sorted(ids)])
    return [_kept(row) async for row in cursor]


async def take_due(connection: Connection, now: datetime, most: int) -> list[Alarm]:
    """Lock and return due alarms, oldest first. Nobody else can change or fire them until the
    transaction ends.
    """
    cursor = await connection.execute(DUE, [now, most])
    return [_kept(row).alarm async for row in cursor]


async def write_alarms(
    connection: Connection, wanted: Collection[Alarm], gone: Collection[Alarm]
) -> None:
    """Set the `wanted` alarms and delete the `gone` ones. Alarms that have fired are left alone."""
    if gone:
        keys = ([a.ticket_id for a in gone], [a.kind.value for a in gone], [a.about for a in gone])
        await connection.execute(DROP, keys)
    if wanted:
        values = (
            [a.ticket_id for a in wanted],
            [a.kind.value for a in wanted],
            [a.about for a in wanted],
            [a.due_at for a in wanted],
        )
        await connection.execute(SET, values)


async def mark_fired(
    connection: Connection, fired: Iterable[tuple[Alarm, Sequence[str]]], *, at: datetime
) -> None:
    """Record that these alarms fired, each with the logins of the people who were told."""
    rows = [(at, list(told), a.ticket_id, a.kind.value, a.about) for a, told in fired]
    async with connection.cursor() as cursor:
        await cursor.executemany(RUNG, rows)


async def earliest_between(
    connection: Connection, after: datetime, until: datetime, but: Collection[int] = ()
) -> datetime | None:
    """When the first alarm after `after` and up to `until` is due, leaving out the tickets in
    `but`.
    """
    row = await (await connection.execute(EARLIEST, [after, until, list(but)])).fetchone()
    return row["at"] if row else None


async def earliest(connection: Connection) -> datetime | None:
    """When the next unfired alarm is due. This may be in the past."""
    found = await connection.execute("SELECT min(due_at) AS at FROM alarms WHERE fired_at IS NULL")
    row = await found.fetchone()
    return row["at"] if row else None


async def lock_shared(connection: Connection) -> None:
    """Keep others from choosing the next time to fire until this transaction's alarms are
    committed.
    """
    await connection.execute("SELECT pg_advisory_xact_lock_shared(%s)", [NEXT_LOCK])


async def lock_exclusive(connection: Connection) -> None:
    """Wait for transactions that are setting alarms, and block new ones until this one ends."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", [NEXT_LOCK])


async def lock_firing(connection: Connection) -> None:
    """Let only one daemon fire alarms at a time, so that alarms due together go into one notice."""
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", [RING_LOCK])


async def open_tickets(connection: Connection, after: int, most: int) -> list[int]:
    """Ids of open tickets, in pages: `after` is the last id of the previous page."""
    cursor = await connection.execute(OPEN, [after, most])
    return [row["id"] async for row in cursor]


async def computed_with(connection: Connection) -> str | None:
    """The fingerprint of the settings from which all alarms were last calculated."""
    row = await (await connection.execute("SELECT fingerprint FROM alarm_settings")).fetchone()
    return row["fingerprint"] if row else None


async def record_computed_with(connection: Connection, fingerprint: str) -> None:
    """Record that all alarms were calculated from the settings with this fingerprint."""
    await connection.execute(
        """INSERT INTO alarm_settings (fingerprint) VALUES (%s)
           ON CONFLICT (one) DO UPDATE SET fingerprint = excluded.fingerprint""",
        [fingerprint],
    )


async def listed(
    connection: Connection, *, fired: bool, most: int, number: str = ""
) -> list[StoredAlarm]:
    """With `rung`, fired alarms, the latest first; otherwise pending alarms, the next one first.

    `number` limits the list to that ticket.
    """
    query = LISTED.format(order="DESC" if fired else "ASC")
    values = {"rung": fired, "most": most, "number": number}
    cursor = await connection.execute(query.encode(), values)
    return [_kept(row) async for row in cursor]


def _kept(row: DictRow) -> StoredAlarm:
    return StoredAlarm(
        alarm=Alarm(
            ticket_id=row["ticket_id"],
            kind=AlarmKind(row["kind"]),
            about=row["about"],
            due_at=row["due_at"],
        ),
        fired_at=row.get("fired_at"),
        told=row.get("told") or (),
    )


def _state(row: DictRow, fired: dict[str, datetime]) -> TicketState:
    values: dict[str, Any] = {
        **row,
        "kind": Kind(row["kind"]),
        "priority": Priority(row["priority"]),
        "stage": Stage(row["stage"]),
    }
    return TicketState(**values, fired_at=fired)
