"""Replies: rows first, messages second."""

import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from intake.journal.database import Connection
from intake.replies.sender import Outgoing
from routing.vocabulary import Channel

ACKNOWLEDGING = frozenset(("acknowledgement", "linked"))
"""Kinds by which a client learns of a new ticket."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedReply:
    """A reply that is to be sent."""

    uid: uuid.UUID
    ticket_id: int | None
    kind: str
    attempts: int
    created_at: datetime
    outgoing: Outgoing = field(repr=False)


async def lock_reply(connection: Connection, uid: str) -> QueuedReply | None:
    """Take a queued reply for sending until the transaction ends.

    None where it is sent already, or another worker has it in hand; `is_queued` tells which.
    """
    cursor = await connection.execute(
        """SELECT uid, ticket_id, kind, attempts, created_at, outgoing FROM replies
            WHERE uid = %s AND state = 'queued' FOR UPDATE SKIP LOCKED""",
        [uid],
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return QueuedReply(**{**row, "outgoing": outgoing_from_json(row["outgoing"])})


SENT = b"""
    UPDATE replies SET state = 'sent', attempts = attempts + 1, detail = %(detail)s,
           sent_at = %(at)s
     WHERE uid = %(uid)s
"""
SENT_AND_NOTED = b"""
    WITH sent AS (
        UPDATE replies SET state = 'sent', attempts = attempts + 1, detail = %(detail)s,
               sent_at = %(at)s
         WHERE uid = %(uid)s
    )
    UPDATE tickets SET acknowledged_at = coalesce(acknowledged_at, %(at)s) WHERE id = %(ticket)s
"""


async def mark_sent(connection: Connection, reply: QueuedReply, detail: str, at: datetime) -> None:
    """The server has it. The first acknowledgement of a ticket is noted on the ticket."""
    noted = reply.kind in ACKNOWLEDGING and reply.ticket_id is not None
    await connection.execute(
        SENT_AND_NOTED if noted else SENT,
        {"detail": detail, "at": at, "uid": reply.uid, "ticket": reply.ticket_id},
    )


async def mark_tried(connection: Connection, reply: QueuedReply, detail: str) -> None:
    """It did not work this time."""
    await connection.execute(
        "UPDATE replies SET attempts = attempts + 1, detail = %s WHERE uid = %s",
        [detail, reply.uid],
    )


async def mark_ended(connection: Connection, reply: QueuedReply, state: str, detail: str) -> None:
    """It will not be sent: `refused` for good, or we `gave_up`."""
    await connection.execute(
        """UPDATE replies SET state = %s, attempts = attempts + 1, detail = %s
            WHERE uid = %s""",
        [state, detail, reply.uid],
    )


async def is_queued(connection: Connection, uid: str) -> bool:
    """Whether a reply still waits, be it in some worker's hand."""
    cursor = await connection.execute(
        "SELECT 1 FROM replies WHERE uid = %s AND state = 'queued'", [uid]
    )
    return await cursor.fetchone() is not None


def outgoing_to_json(outgoing: Outgoing) -> dict[str, Any]:
    """As `replies.outgoing` has it."""
    return {**asdict(outgoing), "date": outgoing.date.isoformat() if outgoing.date else None}


def outgoing_from_json(stored: dict[str, Any]) -> Outgoing:
    """The other way."""
    date = stored.get("date")
    return Outgoing(
        **{
            **stored,
            "references": tuple(stored.get("references", ())),
            "channel": Channel(stored.get("channel", Channel.EMAIL)),
            "date": datetime.fromisoformat(date) if date else None,
        }
    )
