"""Activities (to-dos) that alarms give to people at the desk. A row is kept until the activity has
ended at the desk.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from psycopg.rows import class_row

from intake.store.database import Connection
from intake.store.desk_state import IN_LANE
from routing.watch.alarms import AlarmKind

ADD = """
    INSERT INTO desk_activities (ticket_id, kind, login, summary, body, due_on, written_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (ticket_id, kind, login) WHERE settled_at IS NULL
    DO UPDATE SET body = excluded.body, due_on = excluded.due_on,
                  written_at = excluded.written_at, synced_at = NULL
"""
"""If the alarm fires again, the activity is synced again: the desk still has it, or its person has
completed it.
"""
OPEN = """
    SELECT id, ticket_id, kind, written_at FROM desk_activities
     WHERE ticket_id = ANY(%s) AND settled_at IS NULL
"""
SETTLE = """
    UPDATE desk_activities SET settled_at = %(at)s WHERE id = ANY(%(ids)s)
"""
CARRIED = """
    UPDATE desk_activities d SET synced_at = %s
      FROM unnest(%s::bigint[], %s::timestamptz[]) AS brought(id, written_at)
     WHERE d.id = brought.id AND d.written_at = brought.written_at
"""
"""An activity whose alarm fired again since it was read stays unsynced."""
UNCARRIED = """
    SELECT d.id, d.uid::text AS uid, d.ticket_id, t.lane, t.desk_ref, t.desk_url, d.login,
           d.summary, d.body, d.due_on, d.written_at, d.settled_at IS NOT NULL AS settled
      FROM desk_activities d JOIN tickets t ON t.id = d.ticket_id
     WHERE d.ticket_id = ANY(%s) AND d.ended_at IS NULL AND t.desk_ref IS NOT NULL
       AND (d.synced_at IS NULL OR d.settled_at IS NOT NULL)
     ORDER BY d.id
"""
WAITING = f"""
    SELECT DISTINCT d.ticket_id FROM desk_activities d
     WHERE d.ticket_id IN ({IN_LANE})
       AND NOT d.ticket_id = ANY(%(but)s) AND d.ended_at IS NULL
       AND (d.synced_at IS NULL OR d.settled_at IS NOT NULL)
     ORDER BY d.ticket_id LIMIT %(most)s
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class TodoRow:
    """An activity to be written."""

    ticket_id: int
    kind: AlarmKind
    login: str
    summary: str
    body: str = field(repr=False)
    due_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTodo:
    """An open activity, whose alarm may have been dealt with."""

    id: int
    ticket_id: int
    kind: str
    written_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsyncedActivity:
    """An activity that the desk does not have in its present state."""

    id: int
    uid: str
    ticket_id: int
    lane: int
    desk_ref: str
    desk_url: str | None
    login: str
    summary: str
    body: str = field(repr=False)
    due_on: date
    written_at: datetime
    settled: bool


async def add_todos(connection: Connection, rows: Sequence[TodoRow], *, at: datetime) -> None:
    """Add activities. While one is open, adding it again updates it."""
    values = [
        (each.ticket_id, each.kind.value, each.login, each.summary, each.body, each.due_on, at)
        for each in rows
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(ADD.encode(), values)


async def open_todos(connection: Connection, tickets: Collection[int]) -> list[OpenTodo]:
    """Activities of these tickets that are not settled."""
    async with connection.cursor(row_factory=class_row(OpenTodo)) as cursor:
        await cursor.execute(OPEN.encode(), [list(tickets)])
        return await cursor.fetchall()


async def mark_settled(connection: Connection, ids: Sequence[int], *, at: datetime) -> None:
    """Record that what these activities ask for is done. The desk is told even if we do not know
    that it has them, because they may be on their way.
    """
    await connection.execute(SETTLE.encode(), {"ids": list(ids), "at": at})


async def unsynced_todos(
    connection: Connection, tickets: Collection[int]
) -> list[UnsyncedActivity]:
    """Unsynced activities of those of these tickets that the desk has."""
    async with connection.cursor(row_factory=class_row(UnsyncedActivity)) as cursor:
        await cursor.execute(UNCARRIED.encode(), [list(tickets)])
        return await cursor.fetchall()


async def waiting_with_todos(
    connection: Connection, lock: str, *, but: Sequence[int], most: int
) -> list[int]:
    """Tickets with unsynced activities that later jobs with this lock would sync, except `but`."""
    values = {"lock": lock, "but": list(but), "most": most}
    cursor = await connection.execute(WAITING.encode(), values)
    return [int(row["ticket_id"]) async for row in cursor]


async def mark_synced(
    connection: Connection, todos: Sequence[UnsyncedActivity], *, at: datetime
) -> None:
    """Record that the desk has these activities as they were read."""
    ids, written = [each.id for each in todos], [each.written_at for each in todos]
    await connection.execute(CARRIED.encode(), [at, ids, written])


async def mark_ended(connection: Connection, ids: Sequence[int], *, at: datetime) -> None:
    """Record that the desk no longer has these activities, or never will."""
    await connection.execute(
        b"""UPDATE desk_activities SET ended_at = %(at)s, settled_at = coalesce(settled_at, %(at)s)
             WHERE id = ANY(%(ids)s)""",
        {"ids": list(ids), "at": at},
    )
