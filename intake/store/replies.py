"""Replies: stored as rows before they are sent."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from intake.ports.sender import Outgoing
from intake.store.database import Connection
from routing.vocabulary import Channel

ACKNOWLEDGING = frozenset(("acknowledgement", "linked", "command-acknowledged"))
"""Kinds of replies that tell the requester about a new ticket."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuedReply:
    """A reply that is to be sent."""

    uid: uuid.UUID
    ticket_id: int | None
    kind: str
    attempts: int
    created_at: datetime
    outgoing: Outgoing = field(repr=False)
    begun_at: datetime | None = None
    """When an attempt began whose outcome is unknown; else None."""
    template_only: bool = False
    """Free text was refused once, so only an approved template may be sent."""


SELECT = """
    SELECT uid, ticket_id, kind, attempts, created_at, outgoing, begun_at, template_only
      FROM replies
"""
LAST_TO_CLIENT = """
    WITH opening AS (
        SELECT id, recipient, outgoing->>'channel' AS way FROM replies
         WHERE ticket_id = %(ticket)s AND kind = ANY(%(opening)s) ORDER BY id LIMIT 1)
    SELECT r.channel, r.outgoing FROM replies r, opening
     WHERE r.ticket_id = %(ticket)s AND r.kind = ANY(%(kinds)s) AND r.id >= opening.id
       AND r.recipient = opening.recipient AND r.outgoing->>'channel' = opening.way
     ORDER BY r.id DESC LIMIT 1
"""


async def lock_reply(connection: Connection, uid: str) -> QueuedReply | None:
    """Lock a queued reply for sending, until the transaction ends.

    None if it is already sent or another worker has it locked; `is_queued` tells which.
    """
    cursor = await connection.execute(
        f"{SELECT} WHERE uid = %s AND state = 'queued' FOR UPDATE SKIP LOCKED".encode(), [uid]
    )
    return _reply(await cursor.fetchone())


async def load_reply(connection: Connection, uid: str) -> QueuedReply | None:
    """A reply in any state, locked until the transaction ends."""
    cursor = await connection.execute(f"{SELECT} WHERE uid = %s FOR UPDATE".encode(), [uid])
    return _reply(await cursor.fetchone())


def _reply(row: dict[str, Any] | None) -> QueuedReply | None:
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
    """Record that the server took a reply. A ticket's first acknowledgement is recorded on the
    ticket.
    """
    noted = reply.kind in ACKNOWLEDGING and reply.ticket_id is not None
    await connection.execute(
        SENT_AND_NOTED if noted else SENT,
        {"detail": detail, "at": at, "uid": reply.uid, "ticket": reply.ticket_id},
    )


async def mark_begun(connection: Connection, reply: QueuedReply) -> None:
    """Record that an attempt begins at `begun_at`.

    If it is repeated, the recipient cannot tell the second message from the first.
    """
    await connection.execute(
        "UPDATE replies SET begun_at = %s WHERE uid = %s", [reply.begun_at, reply.uid]
    )


async def mark_tried(
    connection: Connection, reply: QueuedReply, detail: str, *, doubtful: bool = False
) -> None:
    """Record a failed attempt. `doubtful` keeps `begun_at`, because it may have succeeded after
    all.
    """
    await connection.execute(
        """UPDATE replies SET attempts = attempts + 1, detail = %s,
                  begun_at = CASE WHEN %s THEN begun_at END
            WHERE uid = %s""",
        [detail, doubtful, reply.uid],
    )


async def mark_queued_again(
    connection: Connection, reply: QueuedReply, detail: str, *, template_only: bool
) -> None:
    """Queue a reply again that the provider accepted but could not deliver."""
    await connection.execute(
        """UPDATE replies SET state = 'queued', detail = %s, template_only = %s, begun_at = NULL,
                  sent_at = NULL, provider_id = '', progress = NULL, progress_at = NULL,
                  progress_code = NULL
            WHERE uid = %s""",
        [detail, template_only, reply.uid],
    )


async def mark_ended(connection: Connection, reply: QueuedReply, state: str, detail: str) -> None:
    """Record that a reply will not be sent. `state` is `refused` or `gave_up`."""
    await connection.execute(
        """UPDATE replies SET state = %s, attempts = attempts + 1, detail = %s
            WHERE uid = %s""",
        [state, detail, reply.uid],
    )


async def is_queued(connection: Connection, uid: str) -> bool:
    """Whether a reply is still queued, even if a worker has it locked."""
    cursor = await connection.execute(
        "SELECT 1 FROM replies WHERE uid = %s AND state = 'queued'", [uid]
    )
    return await cursor.fetchone() is not None


def outgoing_to_json(outgoing: Outgoing) -> dict[str, Any]:
    """The value stored in `replies.outgoing`."""
    stored = asdict(replace(outgoing, attempt=None))
    del stored["attempt"], stored["link"]
    return {**stored, "date": outgoing.date.isoformat() if outgoing.date else None}


def outgoing_from_json(stored: dict[str, Any]) -> Outgoing:
    """The reverse of `outgoing_to_json`."""
    date = stored.get("date")
    return Outgoing(
        **{
            **stored,
            "references": tuple(stored.get("references", ())),
            "channel": Channel(stored.get("channel", Channel.EMAIL)),
            "date": datetime.fromisoformat(date) if date else None,
        }
    )


async def claimed_ids(connection: Connection, recipient: str) -> frozenset[str]:
    """The provider's ids of replies to that recipient that are already recorded."""
    cursor = await connection.execute(
        "SELECT provider_id FROM replies WHERE recipient = %s AND provider_id <> ''", [recipient]
    )
    return frozenset([row["provider_id"] async for row in cursor])


async def undo_acknowledgement(connection: Connection, uid: str) -> None:
    """Clear the ticket's acknowledgement if this reply, which was never delivered, was the one that
    set it.
    """
    await connection.execute(
        """UPDATE tickets SET acknowledged_at = NULL
             FROM replies
            WHERE replies.uid = %s AND tickets.id = replies.ticket_id
              AND tickets.acknowledged_at = replies.sent_at""",
        [uid],
    )


async def waiting_for_desk(connection: Connection, tickets: Sequence[int]) -> list[str]:
    """Uids of queued chat replies about these tickets."""
    cursor = await connection.execute(
        """SELECT uid FROM replies
            WHERE ticket_id = ANY(%s) AND state = 'queued' AND outgoing->>'channel' = 'chat'""",
        [list(tickets)],
    )
    return [str(row["uid"]) async for row in cursor]


async def last_to_client(
    connection: Connection,
    ticket_id: int,
    *,
    opening_kinds: Sequence[str],
    kinds: Sequence[str],
) -> tuple[Channel, Outgoing] | None:
    """The newest reply of these `kinds` to the requester, and its channel.

    The requester is the recipient of the first reply of the `opening_kinds`. The next reply belongs
    to the same conversation.
    """
    values = {"ticket": ticket_id, "opening": list(opening_kinds), "kinds": list(kinds)}
    cursor = await connection.execute(LAST_TO_CLIENT, values)
    row = await cursor.fetchone()
    return None if row is None else (Channel(row["channel"]), outgoing_from_json(row["outgoing"]))
