"""What replies and notices say about a ticket."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from intake.store.database import Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketSummary:
    """A ticket at one instant, as far as a message about it needs it."""

    ticket_id: int
    number: str
    title: str
    request_type: str
    service: str | None
    level: str
    owner: str | None
    missing: tuple[str, ...] = ()
    language: str
    first_response_due: datetime
    resolution_due: datetime | None
    desk_url: str | None = None


STANDINGS = b"""
    SELECT id AS ticket_id, number, title, request_type, service, level, owner, language,
           first_response_due, resolution_due, desk_url
      FROM tickets WHERE id = ANY(%s)
"""


async def load_summaries(connection: Connection, ids: Collection[int]) -> dict[int, TicketSummary]:
    """Summaries by ticket. What was missing at opening is left out: the client was asked then."""
    if not ids:
        return {}
    async with connection.cursor(row_factory=class_row(TicketSummary)) as cursor:
        await cursor.execute(STANDINGS, [list(ids)])
        return {summary.ticket_id: summary async for summary in cursor}


@dataclass(frozen=True, kw_only=True, slots=True)
class OurReply:
    """A reply that went out on a ticket, and its recipient (an address in lower case)."""

    kind: str
    recipient: str


async def our_replies(
    connection: Connection, ticket_ids: Collection[int], message_ids: Collection[str]
) -> dict[str, OurReply]:
    """Those of these messages that are our replies on these tickets, by Message-ID."""
    if not ticket_ids or not message_ids:
        return {}
    cursor = await connection.execute(
        """SELECT rfc_id, kind, lower(recipient) AS recipient FROM replies
            WHERE ticket_id = ANY(%s) AND rfc_id = ANY(%s)""",
        [list(ticket_ids), list(message_ids)],
    )
    return {
        row["rfc_id"]: OurReply(kind=row["kind"], recipient=row["recipient"])
        async for row in cursor
    }
