"""One ticket with everything that happened on it, for people to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from intake.store.cards import CardView, cards_of
from intake.store.database import Database
from intake.store.tickets import TicketStore, TicketView

EVENTS = """
    SELECT e.created_at AS at, e.kind, e.author AS who, e.body AS what
      FROM ticket_entries e JOIN tickets t ON t.id = e.ticket_id WHERE t.number = %(number)s
    UNION ALL
    SELECT c.at, 'change', coalesce(c.who, ''),
           c.field || ': ' || coalesce(c.before #>> '{}', '—') || ' → '
                   || coalesce(c.after #>> '{}', '—')
      FROM desk_changes c JOIN tickets t ON t.id = c.ticket_id WHERE t.number = %(number)s
     ORDER BY at
"""
OPENED_BY = """
    SELECT m.id FROM messages m JOIN tickets t ON t.id = m.ticket_id
     WHERE t.number = %s AND t.channel = 'email' AND m.channel = 'email'
       AND m.outcome <> 'duplicate'
     ORDER BY m.id LIMIT 1
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that was said or changed."""

    at: datetime
    kind: str
    """`message`, `reply`, `note` or `change`."""
    who: str
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """A ticket and its events, oldest first."""

    ticket: TicketView
    events: list[Event]
    cards: Sequence[CardView] = ()
    """The ticket's Trello cards."""
    mail: int | None = None
    """The message that opened it; None where that was no mail."""


async def load_history(database: Database, number: str) -> History | None:
    """The ticket's history; None if there is no such ticket."""
    ticket = await TicketStore(database).of_number(number)
    if ticket is None:
        return None
    async with (
        database.transaction() as connection,
        connection.cursor(row_factory=class_row(Event)) as cursor,
    ):
        await cursor.execute(EVENTS.encode(), {"number": number})
        events = await cursor.fetchall()
        opened_by = await (await connection.execute(OPENED_BY, [number])).fetchone()
        return History(
            ticket=ticket,
            events=events,
            cards=await cards_of(connection, number),
            mail=opened_by["id"] if opened_by else None,
        )
