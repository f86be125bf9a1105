"""Trello cards that internal notes ask for, as stored."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import errors
from psycopg.rows import class_row

from intake.store.database import Connection

CARD = """
    SELECT c.id, c.uid, c.ticket_id, c.note_id, c.spoken, c.asked_at, c.attempts, c.board_id,
           c.board, c.list_id, c.tried_at, t.number, t.title, t.request_type, t.level, t.priority,
           coalesce(t.client, t.sender_name) AS client, t.description, t.resolution_due, t.desk_url,
           t.received_at
      FROM cards c JOIN tickets t ON t.id = c.ticket_id
     WHERE c.id = %s AND c.state = 'wanted' FOR UPDATE OF c
"""
ASK = """
    INSERT INTO cards (ticket_id, note_id, spoken, asked_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT DO NOTHING RETURNING id
"""
OTHERS = """
    SELECT count(*) AS n FROM cards
     WHERE ticket_id = %s AND board_id = %s AND id <> %s AND state = 'made'
"""
LOCKED_OUT = """
    SELECT EXISTS (SELECT FROM cards
                    WHERE locked_out
                      AND ended_at > coalesce((SELECT max(ended_at) FROM cards
                                                WHERE state = 'made'), '-infinity')) AS so
"""
OF_TICKET = """
    SELECT c.spoken, c.board, c.state, c.url, c.asked_at, c.detail
      FROM cards c JOIN tickets t ON t.id = c.ticket_id
     WHERE t.number = %s AND c.state <> 'repeated' ORDER BY c.id
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedCard:
    """A card that is to be made, with the values that may appear on it."""

    id: int
    uid: uuid.UUID
    ticket_id: int
    note_id: int
    spoken: str
    asked_at: datetime
    attempts: int
    board_id: str | None
    """None until the board that is meant is known."""
    board: str
    list_id: str
    tried_at: datetime | None
    """When we were last about to send the request that makes the card."""
    number: str
    title: str = field(repr=False)
    request_type: str
    level: str
    priority: str
    client: str = field(repr=False)
    description: str = field(repr=False)
    resolution_due: datetime | None
    desk_url: str | None
    received_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CardView:
    """A card as `intake tickets show` shows it."""

    spoken: str
    board: str
    state: str
    url: str
    asked_at: datetime
    detail: str

    def as_json(self) -> dict[str, Any]:
        return {
            "board": self.board or self.spoken,
            "state": self.state,
            "url": self.url or None,
            "asked_at": self.asked_at.isoformat(),
            "detail": self.detail,
        }


async def ask_for_card(
    connection: Connection, ticket_id: int, note_id: int, spoken: str, at: datetime
) -> int | None:
    """Record that a note asks for a card and return its id; None if the note already asked for
    it.
    """
    cursor = await connection.execute(ASK.encode(), [ticket_id, note_id, spoken, at])
    row = await cursor.fetchone()
    return int(row["id"]) if row else None


async def lock_card(connection: Connection, card: int) -> WantedCard | None:
    """Lock a card that is still wanted; None if it no longer is.

    Waits for the lock, because whoever holds it may die before the card is made.
    """
    async with connection.cursor(row_factory=class_row(WantedCard)) as cursor:
        await cursor.execute(CARD.encode(), [card])
        return await cursor.fetchone()


async def settle_board(
    connection: Connection, card: int, board_id: str, board: str, list_id: str
) -> bool:
    """Record the board and list of a card. Returns False if the same note already asks for a card
    on that board by another name.
    """
    try:
        async with connection.transaction():
            await connection.execute(
                "UPDATE cards SET board_id = %s, board = %s, list_id = %s WHERE id = %s",
                [board_id, board, list_id, card],
            )
    except errors.UniqueViolation:
        return False
    return True


async def record_try(connection: Connection, card: int, at: datetime) -> None:
    """Record that the card is about to be requested. Once committed, Trello may have the card."""
    await connection.execute("UPDATE cards SET tried_at = %s WHERE id = %s", [at, card])


async def record_made(
    connection: Connection, card: int, card_id: str, url: str, at: datetime
) -> None:
    """Record that the card was made."""
    await connection.execute(
        """UPDATE cards SET state = 'made', card_id = %s, url = %s, ended_at = %s, detail = '',
                  attempts = attempts + 1
            WHERE id = %s""",
        [card_id, url, at, card],
    )


async def record_away(connection: Connection, card: int, detail: str) -> None:
    """Record a failed attempt that will be tried again."""
    await connection.execute(
        "UPDATE cards SET attempts = attempts + 1, detail = %s WHERE id = %s", [detail, card]
    )


async def record_no_card(
    connection: Connection,
    card: int,
    detail: str,
    at: datetime,
    *,
    state: str = "refused",
    locked_out: bool = False,
) -> None:
    """Record that the card will not be made. `state` is `refused`, or `repeated` if the same note
    already has one.
    """
    await connection.execute(
        """UPDATE cards SET state = %s, locked_out = %s, ended_at = %s, detail = %s,
                  attempts = attempts + 1
            WHERE id = %s""",
        [state, locked_out, at, detail, card],
    )


async def known_to_be_locked_out(connection: Connection) -> bool:
    """Whether people were told, since the last card was made, that Trello locks us out.

    Only one transaction at a time gets past this call.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('trello:locked out'))")
    row = await (await connection.execute(LOCKED_OUT.encode())).fetchone()
    return bool(row and row["so"])


async def others_made(connection: Connection, card: WantedCard, board_id: str) -> int:
    """How many cards earlier notes of this ticket got on that board."""
    cursor = await connection.execute(OTHERS.encode(), [card.ticket_id, board_id, card.id])
    row = await cursor.fetchone()
    return int(row["n"]) if row else 0


async def cards_of(connection: Connection, number: str) -> Sequence[CardView]:
    """The cards of a ticket, in the order in which they were asked for."""
    async with connection.cursor(row_factory=class_row(CardView)) as cursor:
        await cursor.execute(OF_TICKET.encode(), [number])
        return await cursor.fetchall()
