"""What the desk has of each ticket, what it still lacks, and what it refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from intake.ports.desk import DeskRef
from intake.store.database import Connection

CHANGING = (
    "stage",
    "owner",
    "level",
    "priority",
    "deadline",
    "client_ref",
    "first_response_due",
    "resolution_due",
)
"""Fields that we may change on a ticket at the desk. `tickets.desk_synced` holds what it has."""

IN_LANE = """
    SELECT jsonb_array_elements_text(args->'tickets')::bigint
      FROM procrastinate_jobs WHERE lock = %(lock)s AND status = 'todo'
"""
"""Tickets of jobs that wait for a queue lock."""
WAITING = f"""
    SELECT id FROM tickets t
     WHERE id IN ({IN_LANE})
       AND NOT id = ANY(%(but)s) AND desk_discarded IS NULL
       AND (desk_ref IS NULL
            OR EXISTS (SELECT 1 FROM ticket_entries
                        WHERE ticket_id = t.id AND synced_at IS NULL))
     ORDER BY id LIMIT %(most)s
"""
TICKETS = f"""
    SELECT t.id, t.uid, t.number, t.title, t.description_html, t.channel, t.sender, t.sender_name,
           t.kind, t.request_type, t.service, t.tags, t.missing, t.received_at,
           {", ".join(f"t.{name}" for name in CHANGING)},
           t.lane, t.desk_ref, t.desk_url, t.desk_synced, t.desk_refusal,
           t.trace->>'authentication' AS verdict,
           m.id AS message, coalesce(m.attachments, 0) AS attachments
      FROM tickets t
      LEFT JOIN LATERAL (SELECT id, attachments FROM messages
                          WHERE ticket_id = t.id AND outcome IN ('opened', 'linked')
                          ORDER BY id LIMIT 1) AS m ON true
     WHERE t.id = ANY(%s) AND t.desk_discarded IS NULL ORDER BY t.id
"""
ENTRIES = """
    SELECT e.id, e.uid, t.uid AS ticket, e.kind, e.author, e.author_name, e.trusted, e.body,
           e.body_html, coalesce(m.received_at, e.created_at) AS at, e.message_id AS message,
           CASE WHEN e.file IS NULL THEN coalesce(m.attachments, 0) ELSE 1 END AS attachments,
           e.file
      FROM ticket_entries e JOIN tickets t ON t.id = e.ticket_id
      LEFT JOIN messages m ON m.id = e.message_id
     WHERE e.ticket_id = ANY(%s) AND e.synced_at IS NULL AND t.desk_discarded IS NULL
     ORDER BY e.id
"""
HAS = """
    UPDATE tickets SET desk_ref = %s, desk_url = coalesce(%s, desk_url), desk_synced = %s,
           desk_refusal = NULL, desk_refused_at = NULL
     WHERE id = %s
"""
REFUSED = """
    UPDATE tickets SET desk_refusal = %s, desk_refused_at = %s, desk_url = coalesce(%s, desk_url)
     WHERE id = %s
"""
SAME_WORDS = """
    SELECT count(*) AS n FROM tickets
     WHERE desk_refusal = %s AND desk_refused_at > %s AND id <> %s
"""
SEEN = """
    UPDATE tickets SET desk_synced = desk_synced || %(seen)s
     WHERE id = %(id)s AND desk_synced IS NOT NULL
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsynced:
    """Tickets with something unsynced, and their entries that the desk does not have yet."""

    tickets: Sequence[DictRow]
    entries: Sequence[DictRow]


async def waiting_in_lane(
    connection: Connection, lock: str, *, but: Sequence[int], most: int
) -> list[int]:
    """Tickets that later jobs with this lock would sync, oldest first, except `but`.

    A ticket with nothing new but changed fields is left to its own job.
    """
    values = {"lock": lock, "but": list(but), "most": most}
    cursor = await connection.execute(WAITING.encode(), values)
    return [int(row["id"]) async for row in cursor]


async def load_unsynced(connection: Connection, ids: Sequence[int]) -> Unsynced:
    """What the desk does not have of these tickets. Tickets that it has completely are left out."""
    tickets = await (await connection.execute(TICKETS.encode(), [list(ids)])).fetchall()
    entries = await (await connection.execute(ENTRIES.encode(), [list(ids)])).fetchall()
    spoken = {row["ticket"] for row in entries}
    return Unsynced(
        tickets=[
            row
            for row in tickets
            if row["desk_ref"] is None or row["uid"] in spoken or changed(row)
        ],
        entries=entries,
    )


def changed(ticket: DictRow) -> frozenset[str]:
    """Names of the fields that we changed since the ticket was last synced."""
    has = ticket["desk_synced"]
    if has is None:
        return frozenset()
    now = values(ticket)
    return frozenset(name for name in CHANGING if now[name] != has.get(name))


def values(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """The ticket's fields as `desk_synced` stores them."""
    return {name: _plain(ticket[name]) for name in CHANGING if name in ticket}


async def record_synced(
    connection: Connection,
    tickets: Iterable[tuple[DictRow, DeskRef]],
    entries: Iterable[int],
) -> None:
    """Record that the desk has these tickets as they were read, and these entries."""
    rows = [(ref.ref, ref.url, Jsonb(values(ticket)), ticket["id"]) for ticket, ref in tickets]
    async with connection.cursor() as cursor:
        await cursor.executemany(HAS.encode(), rows)
        await cursor.execute(
            "UPDATE ticket_entries SET synced_at = now() WHERE id = ANY(%s)", [list(entries)]
        )


async def record_refused(
    connection: Connection, ticket_id: int, words: str, url: str | None, *, at: datetime
) -> None:
    """Record that the desk refused a ticket, so that a person looks at it (`intake failed`).

    `url` is where the desk has a part of it.
    """
    await connection.execute(REFUSED, [words, at, url, ticket_id])


async def refused_alike(
    connection: Connection, ticket_id: int, words: str, *, since: datetime
) -> int:
    """How many other tickets the desk has refused with the same message since then."""
    row = await (await connection.execute(SAME_WORDS, [words, since, ticket_id])).fetchone()
    return int(row["n"]) if row else 0


async def record_seen(connection: Connection, ticket_id: int, seen: Mapping[str, Any]) -> None:
    """Record what people changed at the desk, so that we do not write these fields there.

    The keys of `seen` are names from CHANGING. Call it in the transaction that writes the same
    values into the ticket.
    """
    await connection.execute(SEEN, {"id": ticket_id, "seen": Jsonb(values(seen))})


def _plain(value: Any) -> Any:
    # As a timestamp, because a connection's time zone changes how an instant is shown.
    return value.timestamp() if isinstance(value, datetime) else value
