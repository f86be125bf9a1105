"""Requests of apps and the callbacks they get, as stored."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import DictRow

from intake.store.database import Connection

TAKEN = """
    SELECT m.id, m.key, m.state, m.details ->> 'body' AS body, t.number
      FROM messages m LEFT JOIN tickets t ON t.id = m.ticket_id
     WHERE m.key = ANY(%s) AND m.channel = 'app'
"""
STATUS = """
    SELECT t.number, t.stage, t.title, t.request_type, t.service, t.priority, t.received_at,
           t.acknowledged_at, t.first_response_due, t.resolution_due, t.deadline, t.closed_at
      FROM tickets t
     WHERE t.number = %s AND t.channel = 'app'
       AND EXISTS (SELECT FROM messages m WHERE m.ticket_id = t.id AND m.source = %s
                      AND m.outcome IN ('opened', 'linked'))
"""
OPENED_BY = """
    SELECT m.source FROM tickets t JOIN messages m ON m.ticket_id = t.id
     WHERE t.id = %s AND t.channel = 'app' AND m.outcome IN ('opened', 'linked')
     ORDER BY m.id LIMIT 1
"""
UNANSWERED = """
    SELECT t.id FROM tickets t
     WHERE t.id = ANY(%s) AND t.channel = 'app'
       AND NOT EXISTS (SELECT FROM replies r WHERE r.ticket_id = t.id AND r.state = 'queued'
                          AND r.kind IN ('acknowledgement', 'linked'))
"""
CALLBACK = """
    SELECT c.id, c.uid, c.app, c.ticket_id, c.event, c.at, c.attempts, t.number, t.stage, t.title,
           t.lane
      FROM app_callbacks c JOIN tickets t ON t.id = c.ticket_id
     WHERE c.id = %s AND c.state = 'waiting' FOR UPDATE OF c SKIP LOCKED
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """An app's request that has been accepted."""

    id: int
    key: str
    state: str
    body: str
    """The digest of the request's body."""
    number: str | None
    """None until a ticket was made from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Callback:
    """An event that an app has to be told about."""

    id: int
    uid: uuid.UUID
    app: str
    ticket_id: int
    event: str
    at: datetime
    attempts: int
    number: str
    stage: str
    title: str
    lane: int


async def taken(connection: Connection, keys: Sequence[str]) -> dict[str, Taken]:
    """Accepted requests by key. Keys that are not stored are left out."""
    cursor = await connection.execute(TAKEN, [list(keys)])
    return {row["key"]: Taken(**row) async for row in cursor}


async def status_of(connection: Connection, number: str, source: str) -> DictRow | None:
    """The ticket of that number, if the app with this source opened it; otherwise None."""
    cursor = await connection.execute(STATUS, [number, source])
    return await cursor.fetchone()


async def opened_by(connection: Connection, ticket_id: int) -> str | None:
    """The name of the app that opened a ticket; None if it was not an app."""
    cursor = await connection.execute(OPENED_BY, [ticket_id])
    row = await cursor.fetchone()
    return str(row["source"]).partition(":")[2] if row else None


async def unanswered(connection: Connection, ticket_ids: Sequence[int]) -> list[int]:
    """Tickets among these that an app opened and for which no confirmation is queued."""
    cursor = await connection.execute(UNANSWERED, [list(ticket_ids)])
    return [row["id"] async for row in cursor]


async def add_callback(
    connection: Connection, app: str, ticket_id: int, event: str, at: datetime
) -> int:
    """Add a callback and return its id."""
    cursor = await connection.execute(
        """INSERT INTO app_callbacks (app, ticket_id, event, at) VALUES (%s, %s, %s, %s)
           RETURNING id""",
        [app, ticket_id, event, at],
    )
    row = await cursor.fetchone()
    assert row is not None, "INSERT … RETURNING gives a row"
    return int(row["id"])


async def lock_callback(connection: Connection, callback: int) -> Callback | None:
    """Lock a waiting callback. None if it is no longer waiting or somebody else has locked it."""
    cursor = await connection.execute(CALLBACK, [callback])
    row = await cursor.fetchone()
    return Callback(**row) if row else None


async def record_attempt(
    connection: Connection, callback: int, state: str, detail: str, at: datetime
) -> None:
    """Record how an attempt ended: `sent`, `waiting` (for another attempt) or `gave_up`."""
    await connection.execute(
        """UPDATE app_callbacks SET state = %s, detail = %s, attempts = attempts + 1,
                  ended_at = CASE WHEN %s = 'waiting' THEN NULL ELSE %s END
            WHERE id = %s""",
        [state, detail, state, at, callback],
    )
