"""Tickets that the desk refused, for people to look at and deal with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from intake.store.database import Connection

REFUSED = """
    SELECT number, title, sender, received_at, desk_refusal AS words, desk_refused_at AS at,
           desk_url, desk_discarded AS discarded
      FROM tickets
"""
OPEN = """
    SELECT id, lane FROM tickets
     WHERE desk_refusal IS NOT NULL AND desk_discarded IS NULL
       AND (%(numbers)s::text[] IS NULL OR number = ANY(%(numbers)s))
     ORDER BY id
"""
DISCARD = """
    UPDATE tickets SET desk_discarded = %s
     WHERE number = ANY(%s) AND desk_refusal IS NOT NULL AND desk_discarded IS NULL
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """A ticket and whether the desk refused it."""

    number: str
    title: str
    sender: str
    received_at: datetime
    words: str | None
    """The desk's own error message; None if it did not refuse the ticket."""
    at: datetime | None
    desk_url: str | None
    """Where the ticket is at the desk, if a part of it got there."""
    discarded: str | None
    """The reason why a person gave up on it."""


async def load_refusals(connection: Connection) -> list[Refusal]:
    """All refused tickets that nobody has dealt with, oldest first."""
    query = REFUSED + " WHERE desk_refusal IS NOT NULL AND desk_discarded IS NULL ORDER BY id"
    async with connection.cursor(row_factory=class_row(Refusal)) as cursor:
        await cursor.execute(query.encode())
        return await cursor.fetchall()


async def load_refusal(connection: Connection, number: str) -> Refusal | None:
    """The refusal state of one ticket; None if there is no ticket of that number."""
    async with connection.cursor(row_factory=class_row(Refusal)) as cursor:
        await cursor.execute((REFUSED + " WHERE number = %s").encode(), [number])
        return await cursor.fetchone()


async def refused_tickets(connection: Connection, numbers: Sequence[str] | None) -> list[int]:
    """Ids of refused tickets among `numbers`, or of all refused tickets if `numbers` is None."""
    cursor = await connection.execute(
        OPEN.encode(), {"numbers": None if numbers is None else list(numbers)}
    )
    return [row["id"] async for row in cursor]


async def discard_refused(connection: Connection, numbers: Sequence[str], reason: str) -> int:
    """Stop syncing these tickets to the desk; the store keeps them. Returns how many there were."""
    cursor = await connection.execute(DISCARD.encode(), [reason, list(numbers)])
    return cursor.rowcount
