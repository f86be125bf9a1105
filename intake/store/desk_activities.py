"""To-dos that alarms give to people at the desk: a row each, until the desk knows of its end."""

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
"""One that rings again is brought again: the desk has it still, or its person has ended it."""
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
"""One that has rung again since it was read is brought once more."""
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
    """One that is to be written."""

    ticket_id: int
    kind: AlarmKind
    login: str
    summary: str
    body: str = field(repr=False)
    due_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenTodo:
    """One whose alarm may have been answered."""

    id: int
    ticket_id: int
    kind: str
    written_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsyncedActivity:
    """One of which the desk does not know all."""

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
    """Each once as long as it is open."""
    values = [
        (each.ticket_id, each.kind.value, each.login, each.summary, each.body, each.due_on, at)
        for each in rows
    ]
    async with connection.cursor() as cursor:
        await cursor.executemany(ADD.encode(), values)


async def open_todos(connection: Connection, tickets: Collection[int]) -> list[OpenTodo]:
    """Those of these tickets that are not settled."""
    async with connection.cursor(row_factory=class_row(OpenTodo)) as cursor:
        await cursor.execute(OPEN.encode(), [list(tickets)])
        return await cursor.fetchall()


async def mark_settled(connection: Connection, ids: Sequence[int], *, at: datetime) -> None:
    """What they ask for is done. The desk hears of it even where we do not know that it has them:
    they may be on their way there."""
    await connection.execute(SETTLE.encode(), {"ids": list(ids), "at": at})


async def uncarried_todos(
    connection: Connection, tickets: Collection[int]
) -> list[UnsyncedActivity]:
    """Of these tickets, as far as the desk has them."""
    async with connection.cursor(row_factory=class_row(UnsyncedActivity)) as cursor:
        await cursor.execute(UNCARRIED.encode(), [list(tickets)])
        return await cursor.fetchall()


async def waiting_with_todos(
    connection: Connection, lock: str, *, but: Sequence[int], most: int
) -> list[int]:
    """Tickets that later jobs of this lane are to bring to-dos for, without those of `but`."""
    values = {"lock": lock, "but": list(but), "most": most}
    cursor = await connection.execute(WAITING.encode(), values)
    return [int(row["ticket_id"]) async for row in cursor]


async def mark_synced(
    connection: Connection, todos: Sequence[UnsyncedActivity], *, at: datetime
) -> None:
    """The desk has them as they were read."""
    ids, written = [each.id for each in todos], [each.written_at for each in todos]
    await connection.execute(CARRIED.encode(), [at, ids, written])


async def mark_ended(connection: Connection, ids: Sequence[int], *, at: datetime) -> None:
    """The desk has them no longer, or never will."""
    await connection.execute(
        b"""UPDATE desk_activities SET ended_at = %(at)s, settled_at = coalesce(settled_at, %(at)s)
             WHERE id = ANY(%(ids)s)""",
        {"ids": list(ids), "at": at},
    )
