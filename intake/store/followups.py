"""What people did on a ticket, kept until it is followed up, and what has been said about it
since.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg.rows import DictRow, class_row

from intake.store.database import Connection
from routing.watch.change_sets import Change, TicketFields

TICKET = """
    SELECT id, number, lane, stage, closed_at IS NOT NULL AS closed, owner, priority, deadline,
           client, level, resolution_due, received_at
      FROM tickets WHERE id = %s FOR NO KEY UPDATE
"""
CHANGES = """
    SELECT id, field, before, after, who, at, raw_before FROM desk_changes
     WHERE ticket_id = %s AND processed_at IS NULL ORDER BY id
"""
NOTES = """
    SELECT id, who, internal, body, at, processed_at IS NOT NULL AS heeded FROM desk_notes
     WHERE ticket_id = %s AND used_at IS NULL AND internal ORDER BY at, id
"""
FOLLOW_UP = """
    SELECT told_deadline, tell_deadline_at, ended_at, closing_told_at, asked_owner_at,
           asked_first_level_at, reverted
      FROM ticket_followups WHERE ticket_id = %s
"""
KEEP = """
    INSERT INTO ticket_followups (ticket_id, told_deadline, tell_deadline_at, ended_at,
                             closing_told_at,
                             asked_owner_at, asked_first_level_at, reverted)
    VALUES (%(ticket_id)s, %(told_deadline)s, %(tell_deadline_at)s, %(ended_at)s,
            %(closing_told_at)s, %(asked_owner_at)s, %(asked_first_level_at)s, %(reverted)s)
    ON CONFLICT (ticket_id) DO UPDATE SET
           told_deadline = excluded.told_deadline,
           tell_deadline_at = excluded.tell_deadline_at,
           ended_at = excluded.ended_at,
           closing_told_at = excluded.closing_told_at,
           asked_owner_at = excluded.asked_owner_at,
           asked_first_level_at = excluded.asked_first_level_at,
           reverted = excluded.reverted
"""
ADD_NOTE = """
    INSERT INTO desk_notes (ticket_id, ref, who, internal, body, at)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (ref) DO NOTHING
"""
CORRECT: Mapping[str, str] = {
    "priority": "priority = %(value)s",
    "deadline": "deadline = %(value)s",
    "client": "client = %(value)s, client_ref = %(raw)s",
}
"""Field → SQL that restores it."""
HAS: Mapping[str, str] = {"client": "client_ref"}
"""Field → its name in `desk_synced`, if different."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowedTicket:
    """A ticket that nobody else can change until the transaction ends."""

    id: int
    number: str
    lane: int
    level: str
    held: TicketFields
    resolution_due: datetime | None
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredChange:
    """A change that has not been followed up yet."""

    id: int
    change: Change
    raw_before: Any
    """The desk's own earlier value; None if it was not seen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredNote:
    """An internal note that has not been used for the client yet."""

    id: int
    who: str | None
    internal: bool
    body: str = field(repr=False)
    at: datetime
    heeded: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpState:
    """What has been said about a ticket, to the client and to people."""

    told_deadline: datetime | None = None
    tell_deadline_at: datetime | None = None
    ended_at: datetime | None = None
    """When it was first seen done or cancelled."""
    closing_told_at: datetime | None = None
    asked_owner_at: datetime | None = None
    asked_first_level_at: datetime | None = None
    reverted: Sequence[str] = ()


async def lock_followed(connection: Connection, ticket_id: int) -> FollowedTicket | None:
    """Lock the ticket and return it; None if there is none."""
    row = await (await connection.execute(TICKET.encode(), [ticket_id])).fetchone()
    if row is None:
        return None
    return FollowedTicket(
        id=row["id"],
        number=row["number"],
        lane=row["lane"],
        level=row["level"],
        resolution_due=row["resolution_due"],
        received_at=row["received_at"],
        held=TicketFields(
            stage=row["stage"],
            closed=row["closed"],
            owner=row["owner"],
            priority=row["priority"],
            deadline=row["deadline"],
            client=row["client"],
            level=row["level"],
        ),
    )


async def unprocessed_changes(connection: Connection, ticket_id: int) -> list[StoredChange]:
    """Changes not followed up yet, in the order in which they were recorded."""
    cursor = await connection.execute(CHANGES.encode(), [ticket_id])
    return [_stored(row) async for row in cursor]


async def unused_notes(connection: Connection, ticket_id: int) -> list[StoredNote]:
    """Unused internal notes, followed up or not, in the order in which they were written."""
    async with connection.cursor(row_factory=class_row(StoredNote)) as cursor:
        await cursor.execute(NOTES.encode(), [ticket_id])
        return await cursor.fetchall()


async def load_follow_up(connection: Connection, ticket_id: int) -> FollowUpState:
    """What has been said about a ticket; empty if nothing was."""
    async with connection.cursor(row_factory=class_row(FollowUpState)) as cursor:
        await cursor.execute(FOLLOW_UP.encode(), [ticket_id])
        return await cursor.fetchone() or FollowUpState()


async def keep_follow_up(connection: Connection, ticket_id: int, follow_up: FollowUpState) -> None:
    """Store what has been said about a ticket."""
    values = {
        "ticket_id": ticket_id,
        "told_deadline": follow_up.told_deadline,
        "tell_deadline_at": follow_up.tell_deadline_at,
        "ended_at": follow_up.ended_at,
        "closing_told_at": follow_up.closing_told_at,
        "asked_owner_at": follow_up.asked_owner_at,
        "asked_first_level_at": follow_up.asked_first_level_at,
        "reverted": list(follow_up.reverted),
    }
    await connection.execute(KEEP.encode(), values)


async def mark_processed(
    connection: Connection, changes: Collection[int], notes: Collection[int], *, at: datetime
) -> None:
    """Record that these changes and notes have been followed up."""
    for table, ids in (("desk_changes", changes), ("desk_notes", notes)):
        if ids:
            query = f"UPDATE {table} SET processed_at = %s WHERE id = ANY(%s)"
            await connection.execute(query.encode(), [at, list(ids)])


async def mark_used(connection: Connection, notes: Collection[int], *, at: datetime) -> None:
    """Record that the client was told of one of these notes, and that the others are obsolete by
    it.
    """
    query = b"UPDATE desk_notes SET used_at = %s WHERE id = ANY(%s)"
    await connection.execute(query, [at, list(notes)])


async def add_note(
    connection: Connection,
    ticket_id: int,
    *,
    ref: str,
    who: str | None,
    internal: bool,
    body: str,
    at: datetime,
) -> bool:
    """Record a person's note, once for each `ref`. Returns whether it is new."""
    # PostgreSQL's text cannot contain NUL.
    values = [ticket_id, ref, who, internal, body.replace("\0", ""), at]
    return (await connection.execute(ADD_NOTE, values)).rowcount > 0


async def heard_until(connection: Connection, desk: str) -> int | None:
    """The id of the last message of that desk that was read; None before the first time."""
    query = b"SELECT last FROM desk_note_cursors WHERE desk = %s"
    row = await (await connection.execute(query, [desk])).fetchone()
    return row["last"] if row else None


async def record_heard(connection: Connection, desk: str, last: int) -> None:
    """Record the last message read. The next read continues after it."""
    await connection.execute(
        """INSERT INTO desk_note_cursors (desk, last) VALUES (%s, %s)
           ON CONFLICT (desk) DO UPDATE SET last = excluded.last""",
        [desk, last],
    )


async def revert(connection: Connection, ticket_id: int, stored: StoredChange) -> None:
    """Restore a field to its earlier value here and, with the next sync, at the desk."""
    change = stored.change
    raw = stored.raw_before
    reference = raw[0] if isinstance(raw, list) and raw else None
    query = f"UPDATE tickets SET {CORRECT[change.field]} WHERE id = %(id)s"
    await connection.execute(
        query.encode(),
        {
            "value": change.before,
            "raw": None if reference is None else str(reference),
            "id": ticket_id,
        },
    )
    await write_again(connection, ticket_id, [HAS.get(change.field, change.field)])


async def close(connection: Connection, ticket_id: int, *, at: datetime) -> None:
    """Set the closing time and, with the next sync, the stage at the desk."""
    await connection.execute("UPDATE tickets SET closed_at = %s WHERE id = %s", [at, ticket_id])
    await write_again(connection, ticket_id, ["stage"])


async def write_again(connection: Connection, ticket_id: int, names: Sequence[str]) -> None:
    """Have the next sync write these fields to the desk, whatever the desk has."""
    await connection.execute(
        "UPDATE tickets SET desk_synced = desk_synced - %s::text[] WHERE id = %s",
        [list(names), ticket_id],
    )


def _stored(row: DictRow) -> StoredChange:
    return StoredChange(
        id=row["id"],
        raw_before=row["raw_before"],
        change=Change(
            field=row["field"],
            before=_value(row["field"], row["before"]),
            after=_value(row["field"], row["after"]),
            who=row["who"],
            at=row["at"],
        ),
    )


def _value(name: str, kept: Any) -> Any:
    return datetime.fromisoformat(kept) if name == "deadline" and kept else kept
