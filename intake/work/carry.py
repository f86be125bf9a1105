"""The job `carry`: the desk gets tickets and what was said on them, in order."""

from collections.abc import Sequence

from psycopg.rows import DictRow

from intake.desk.description import paragraphs
from intake.desk.port import DeskEntry, DeskTicket
from intake.journal.database import Connection
from intake.work.context import Context

TICKETS = """
    SELECT id, uid, number, title, description_html, channel, sender, sender_name, kind,
           request_type, service, priority, level, owner, stage, tags, missing, received_at,
           first_response_due, resolution_due
      FROM tickets WHERE id = ANY(%s) ORDER BY id
"""
ENTRIES = """
    SELECT e.id, e.uid, t.uid AS ticket, e.kind, e.author, e.body, e.body_html
      FROM ticket_entries e JOIN tickets t ON t.id = e.ticket_id
     WHERE e.ticket_id = ANY(%s) AND e.carried_at IS NULL
     ORDER BY e.id
"""


async def carry_tickets(context: Context, ids: Sequence[int]) -> None:
    """Bring the desk up to date on these tickets.

    Raises DeskUnavailable, and then the queue tries again; the desk takes repeats calmly.
    """
    async with context.database.transaction() as connection:
        tickets = await _rows(connection, TICKETS, ids)
        entries = await _rows(connection, ENTRIES, ids)
    urls = await context.desk.put(
        [_ticket(row) for row in tickets], [_entry(row) for row in entries]
    )
    if not entries and not urls:
        return
    async with context.database.transaction() as connection:
        await connection.execute(
            "UPDATE ticket_entries SET carried_at = now() WHERE id = ANY(%s)",
            [[row["id"] for row in entries]],
        )
        for external_id, url in urls.items():
            await connection.execute(
                "UPDATE tickets SET desk_url = %s WHERE uid = %s", [url, external_id]
            )


async def _rows(connection: Connection, query: str, ids: Sequence[int]) -> list[DictRow]:
    cursor = await connection.execute(query.encode(), [list(ids)])
    return await cursor.fetchall()


def _ticket(row: DictRow) -> DeskTicket:
    return DeskTicket(
        external_id=str(row["uid"]),
        number=row["number"],
        title=row["title"],
        description_html=row["description_html"],
        channel=row["channel"],
        requester=row["sender"],
        requester_name=row["sender_name"],
        kind=row["kind"],
        request_type=row["request_type"],
        service=row["service"],
        priority=row["priority"],
        level=row["level"],
        owner=row["owner"],
        stage=row["stage"],
        tags=tuple(row["tags"]),
        missing=tuple(row["missing"]),
        received_at=row["received_at"],
        first_response_due=row["first_response_due"],
        resolution_due=row["resolution_due"],
    )


def _entry(row: DictRow) -> DeskEntry:
    return DeskEntry(
        external_id=str(row["uid"]),
        ticket=str(row["ticket"]),
        kind=row["kind"],
        author=row["author"],
        body_html=row["body_html"] or paragraphs(row["body"]),
    )
