"""Open tickets as the digest needs them, and which digests have been written."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg.rows import class_row

from intake.store.alarms import load_states
from intake.store.database import Connection
from routing.watch.digest import DigestTicket

# "Asked" means what was missing at opening and what a person wrote to the client since.
OPEN = """
    SELECT t.id, t.missing <> '{}' AND NOT t.imported_silently AS asked_at_opening,
           greatest(t.opened_at, t.received_at) AS opened_at,
           (SELECT max(m.received_at) FROM messages m
             WHERE m.ticket_id = t.id AND m.outcome <> 'duplicate'
               AND m.received_at > t.received_at) AS client_wrote_at,
           (SELECT count(*) FROM messages m
             WHERE m.ticket_id = t.id AND m.outcome <> 'duplicate') AS messages,
           (SELECT max(n.at) FROM desk_notes n
             WHERE n.ticket_id = t.id AND NOT n.internal) AS answered_at,
           greatest(t.received_at, t.assigned_at,
                    (SELECT max(n.at) FROM desk_notes n WHERE n.ticket_id = t.id),
                    (SELECT max(c.at) FROM desk_changes c WHERE c.ticket_id = t.id),
                    (SELECT max(m.received_at) FROM messages m
                      WHERE m.ticket_id = t.id AND m.outcome <> 'duplicate')) AS touched_at
      FROM tickets t WHERE t.stage NOT IN ('done', 'cancelled')
"""
IMPROVEMENTS = """
    SELECT number, title, coalesce(client, nullif(sender_name, ''), sender) AS client, owner,
           stage, priority, received_at, desk_url
      FROM tickets
     WHERE request_type = 'improvement' AND received_at >= %s AND received_at < %s
     ORDER BY received_at, id
"""


async def open_tickets(connection: Connection) -> list[DigestTicket]:
    """All open tickets, in the order of their ids."""
    cursor = await connection.execute(OPEN.encode())
    rows = {row["id"]: row async for row in cursor}
    states = await load_states(connection, rows)
    return [
        DigestTicket(
            state=state,
            touched_at=rows[id_]["touched_at"],
            asked_at=_asked_at(rows[id_]),
            client_wrote_at=rows[id_]["client_wrote_at"],
        )
        for id_, state in states.items()
    ]


def _asked_at(row: dict[str, Any]) -> datetime | None:
    answered: datetime | None = row["answered_at"]
    if answered is None and row["asked_at_opening"] and row["messages"] == 1:
        opened: datetime = row["opened_at"]
        return opened
    return answered


async def record_written(connection: Connection, day: date, audience: str, *, at: datetime) -> bool:
    """Record that this digest is written in this transaction. False if it was already written."""
    cursor = await connection.execute(
        """INSERT INTO digests (day, audience, written_at) VALUES (%s, %s, %s)
           ON CONFLICT DO NOTHING""",
        [day, audience, at],
    )
    return cursor.rowcount == 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Improvement:
    """A suggestion, for the monthly evaluation (procedure: melhorias)."""

    number: str
    title: str
    client: str
    owner: str | None
    stage: str
    priority: str
    received_at: datetime
    desk_url: str | None


async def improvements(
    connection: Connection, since: datetime, until: datetime
) -> list[Improvement]:
    """Suggestions received from `since` on and before `until`, the earliest first."""
    async with connection.cursor(row_factory=class_row(Improvement)) as cursor:
        await cursor.execute(IMPROVEMENTS.encode(), [since, until])
        return await cursor.fetchall()
