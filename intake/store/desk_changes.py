"""What people changed at the desk: compared with the tickets, written into them, and recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import DictRow, class_row
from psycopg.types.json import Jsonb

from intake.ports.desk_snapshots import FIELDS, Change, DeskSnapshot, Known, Value
from intake.store.database import Connection
from intake.store.desk_state import record_seen

KNOWN = """
    SELECT id, desk_ref, number, stage, closed_at, owner, priority, deadline, client, level,
           desk_synced, desk_observed
      FROM tickets WHERE desk_ref = ANY(%s) ORDER BY id
"""
OPEN = """
    SELECT desk_ref FROM tickets
     WHERE desk_ref IS NOT NULL AND desk_ref > %s AND stage NOT IN ('done', 'cancelled')
     ORDER BY desk_ref LIMIT %s
"""
SEEN = """
    UPDATE tickets SET desk_observed = %(seen)s, client = coalesce(%(client)s, client)
     WHERE id = %(id)s
"""
AT = "at"
"""Key in `desk_observed` for the time at which the observed values were written at the desk."""
SET: Mapping[str, str] = {
    "stage": "stage = %(value)s",
    "closed": "closed_at = %(at)s",
    "owner": "owner = %(value)s, owner_reason = %(reason)s, assigned_at = %(at)s",
    "priority": "priority = %(value)s",
    "deadline": "deadline = %(value)s",
    "client": "client = %(value)s",
    # A new level is an escalation, which the follow-up job makes.
    "level": "level = level",
}
"""Changed field → the ticket's columns to set."""
ADD = """
    INSERT INTO desk_changes (ticket_id, field, before, after, who, at, raw_before)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
AFTER = """
    SELECT c.id, c.ticket_id, t.number, c.field, c.before, c.after, c.who, c.at
      FROM desk_changes c JOIN tickets t ON t.id = c.ticket_id
     WHERE c.id > %s ORDER BY c.id LIMIT %s
"""
LOOKED = """
    INSERT INTO desk_cursors (desk, until) VALUES (%s, %s)
    ON CONFLICT (desk) DO UPDATE SET until = excluded.until
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownTicket:
    """A ticket that the desk has."""

    id: int
    number: str
    known: Known


@dataclass(frozen=True, kw_only=True, slots=True)
class NotedChange:
    """A change as recorded. Instants in `before` and `after` are in ISO 8601."""

    id: int
    ticket_id: int
    number: str
    field: str
    before: str | bool | None
    after: str | bool | None
    who: str | None
    """A login at the desk; None if our rights there do not show who it was."""
    at: datetime


async def load_known(
    connection: Connection, refs: Sequence[str], *, lock: bool = False
) -> dict[str, KnownTicket]:
    """Tickets by the desk's own id. Ids that are not ours, or not recorded yet, are left out.

    With `lock`, nobody else can change the tickets until the transaction ends.
    """
    query = f"{KNOWN} FOR NO KEY UPDATE" if lock else KNOWN
    cursor = await connection.execute(query.encode(), [list(refs)])
    return {row["desk_ref"]: _known(row) async for row in cursor}


async def open_refs(connection: Connection, after: str, most: int) -> list[str]:
    """The desk's own ids of open tickets, in pages: `after` is the last id of the previous page."""
    cursor = await connection.execute(OPEN.encode(), [after, most])
    return [row["desk_ref"] async for row in cursor]


async def record_snapshot(
    connection: Connection,
    ticket: KnownTicket,
    snapshot: DeskSnapshot,
    changes: Sequence[Change],
    client: Value = None,
) -> None:
    """Record how a ticket looked at the desk, and write what people changed there into it.

    `client` is the client that we looked up ourselves when we created the ticket at the desk.
    """
    seen = Jsonb({**snapshot.raw, AT: snapshot.at.isoformat()})
    await connection.execute(SEEN.encode(), {"seen": seen, "client": client, "id": ticket.id})
    raw = ticket.known.seen or {}
    for change in changes:
        await record_change(connection, ticket.id, change, raw.get(change.field))
    if changes:
        # Desk sync must not overwrite what people changed.
        seen_now = {each.field: each.after for each in changes}
        if seen_now.get("level", "") is None:
            # Two levels are set at once: people have to decide which one is right.
            del seen_now["level"]
        await record_seen(connection, ticket.id, seen_now)


async def record_change(
    connection: Connection, ticket_id: int, change: Change, raw_before: Any = None
) -> None:
    """Write a person's change into the ticket, and record it for the follow-up.

    `raw_before` is the desk's own earlier value, for restoring it.
    """
    values = {
        "value": change.after,
        "at": change.at if change.field != "closed" or change.after else None,
        "reason": f"changed at the desk by {change.who or 'somebody'}",
        "id": ticket_id,
    }
    query = f"UPDATE tickets SET {SET[change.field]} WHERE id = %(id)s"
    await connection.execute(query.encode(), values)
    await connection.execute(ADD, _row(ticket_id, change, raw_before))


async def changes_after(connection: Connection, last: int, most: int = 500) -> list[NotedChange]:
    """Changes recorded after the one with id `last`, oldest first."""
    async with connection.cursor(row_factory=class_row(NotedChange)) as cursor:
        await cursor.execute(AFTER, [last, most])
        return await cursor.fetchall()


async def looked_until(connection: Connection, desk: str) -> datetime | None:
    """The time up to which changes at that desk have been read; None before the first time."""
    found = await connection.execute("SELECT until FROM desk_cursors WHERE desk = %s", [desk])
    row = await found.fetchone()
    return row["until"] if row else None


async def record_looked(connection: Connection, desk: str, until: datetime) -> None:
    """Record the time up to which changes have been read. The next read starts there."""
    await connection.execute(LOOKED, [desk, until])


def _known(row: DictRow) -> KnownTicket:
    seen = dict(row["desk_observed"] or {})
    seen_at = seen.pop(AT, None)
    values = {name: row[name] for name in FIELDS if name != "closed"}
    return KnownTicket(
        id=row["id"],
        number=row["number"],
        known=Known(
            values={**values, "closed": row["closed_at"] is not None},
            written=_written(row["desk_synced"] or {}),
            seen=seen or None,
            seen_at=datetime.fromisoformat(seen_at) if seen_at else None,
        ),
    )


def _written(has: Mapping[str, Any]) -> dict[str, Value]:
    written = {name: has[name] for name in ("stage", "owner", "priority", "level") if name in has}
    due = has.get("resolution_due")
    # Until somebody sets a deadline, the desk's deadline field shows the resolution due time,
    # without fractions of a second.
    term = None if due is None else datetime.fromtimestamp(int(due), UTC)
    return {**written, "deadline": term} if "resolution_due" in has else written


def _row(ticket_id: int, change: Change, raw_before: Any) -> tuple[Any, ...]:
    before, after = Jsonb(_plain(change.before)), Jsonb(_plain(change.after))
    raw = None if raw_before is None else Jsonb(raw_before)
    return (ticket_id, change.field, before, after, change.who, change.at, raw)


def _plain(value: Value) -> str | bool | None:
    return value.isoformat() if isinstance(value, datetime) else value
