"""Tickets as stored."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import class_row

from intake.store.database import Connection, Database
from routing.vocabulary import Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketView:
    """What `intake tickets` shows. The field names are a contract: external checks rely on them."""

    number: str
    channel: str
    sender: str
    sender_name: str
    client: str | None
    """The client's name at the desk; until it is known, the name the sender gave."""
    subject: str
    title: str
    kind: str
    request_type: str
    service: str | None
    level: str
    priority: str
    owner: str | None
    stage: str
    tags: list[str]
    missing: list[str]
    received_at: datetime
    first_response_due: datetime
    resolution_due: datetime | None
    deadline: datetime | None
    acknowledged_at: datetime | None
    closed_at: datetime | None
    desk_url: str | None
    rules_fingerprint: str
    linked_ticket: str | None
    messages: int
    """Number of the client's messages on it."""

    def as_json(self) -> dict[str, Any]:
        """For `--json`, with instants in ISO 8601."""
        return {
            key: value.isoformat() if isinstance(value, datetime) else value
            for key, value in asdict(self).items()
        }


VIEW = """
    SELECT t.number, t.channel, t.sender, t.sender_name, t.client, t.subject, t.title, t.kind,
           t.request_type, t.service, t.level, t.priority, t.owner, t.stage, t.tags, t.missing,
           t.received_at, t.first_response_due, t.resolution_due, t.deadline, t.acknowledged_at,
           t.closed_at, t.desk_url, t.rules_fingerprint, l.number AS linked_ticket,
           (SELECT count(*) FROM messages m
             WHERE m.ticket_id = t.id AND m.outcome <> 'duplicate') AS messages
      FROM tickets t LEFT JOIN tickets l ON l.id = t.linked_ticket_id
"""

# Sorted by number, because several workers give out ids in no fixed order.
BY_NUMBER = "length(t.number), t.number"


class TicketStore:
    """Tickets for people to look at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[TicketView]:
        """Every ticket, oldest first."""
        return await self._views(VIEW + f" ORDER BY {BY_NUMBER}", ())

    async def newest(self, count: int) -> list[TicketView]:
        """The newest `count` tickets, oldest first."""
        newest = ", ".join(f"{key} DESC" for key in BY_NUMBER.split(", "))
        found = await self._views(VIEW + f" ORDER BY {newest} LIMIT %s", (count,))
        return found[::-1]

    async def of_number(self, number: str) -> TicketView | None:
        """The ticket of that number; None if there is none."""
        found = await self._views(VIEW + " WHERE t.number = %s", (number,))
        return found[0] if found else None

    async def _views(self, query: str, values: Sequence[object]) -> list[TicketView]:
        async with (
            self._database.transaction() as connection,
            connection.cursor(row_factory=class_row(TicketView)) as cursor,
        ):
            await cursor.execute(query.encode(), values)
            return await cursor.fetchall()


async def change_stage(connection: Connection, number: str, stage: Stage, *, at: datetime) -> None:
    """Record the stage that a person has put a ticket in."""
    await connection.execute(
        """UPDATE tickets SET stage = %(stage)s, closed_at = %(closed)s,
                  desk_synced = desk_synced || jsonb_build_object('stage', %(stage)s::text)
            WHERE number = %(number)s""",
        {"stage": stage.value, "closed": at if stage.is_closed else None, "number": number},
    )


async def desk_link(connection: Connection, ticket_id: int) -> str:
    """The ticket's URL at the desk; empty if the desk does not have it, or has no pages."""
    cursor = await connection.execute("SELECT desk_url FROM tickets WHERE id = %s", [ticket_id])
    row = await cursor.fetchone()
    return (row and row["desk_url"]) or ""


async def by_desk_way(
    connection: Connection, ticket_ids: Collection[int], ways: int
) -> dict[int, list[int]]:
    """Tickets by the desk sync's partition, each in ascending order.

    The partition depends only on the ticket's row, which never changes, and not on settings, which
    may change while jobs wait.
    """
    cursor = await connection.execute(
        "SELECT id, lane %% %s AS way FROM tickets WHERE id = ANY(%s) ORDER BY id",
        [ways, sorted(ticket_ids)],
    )
    found: dict[int, list[int]] = {}
    async for row in cursor:
        found.setdefault(row["way"], []).append(row["id"])
    return found


async def id_of(connection: Connection, number: str) -> int | None:
    """The id of the ticket of that number; None if there is none."""
    cursor = await connection.execute("SELECT id FROM tickets WHERE number = %s", [number])
    row = await cursor.fetchone()
    return int(row["id"]) if row else None


async def replace_owner(
    connection: Connection, ticket_id: int, *, before: str, owner: str, reason: str, at: datetime
) -> bool:
    """Give a ticket to somebody else. False if its owner is no longer `before`."""
    cursor = await connection.execute(
        """UPDATE tickets SET owner = %s, owner_reason = %s, assigned_at = %s
            WHERE id = %s AND owner = %s""",
        [owner, reason, at, ticket_id, before],
    )
    return cursor.rowcount > 0


async def addresses_beside(connection: Connection, numbers: Collection[str]) -> set[str]:
    """E-mail addresses of people who are on the same tickets as these telephone numbers."""
    cursor = await connection.execute(
        """SELECT DISTINCT theirs.address
             FROM ticket_people AS phone
             JOIN ticket_people AS theirs USING (ticket_id)
            WHERE phone.address = ANY(%s) AND theirs.address LIKE '%%@%%'""",
        [sorted(numbers)],
    )
    return {row["address"] async for row in cursor}
