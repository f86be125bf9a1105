"""The job `deliver`: replies leave the house.

A reply's row stays locked from before the attempt until its outcome is committed, so that no other
worker sends it meanwhile. Only where the process dies between the server's "250" and our commit is
it sent again, and then with the same Message-ID.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from intake.journal.database import Connection
from intake.journal.replies import (
    ACKNOWLEDGING,
    QueuedReply,
    is_queued,
    lock_reply,
    mark_ended,
    mark_sent,
    mark_tried,
)
from intake.journal.standings import load_standings
from intake.journal.writing import Batch, write_batch
from intake.replies.presentable import one_line
from intake.replies.sender import Delivery, Outcome
from intake.work import notices
from intake.work.context import Context
from intake.work.notes import note
from routing.waiting import next_attempt

log = structlog.get_logger()

LONGEST_DETAIL = 1000
"""Characters of a server's answer that are kept."""
LOOK_AGAIN = timedelta(seconds=10)
"""After which we look again at a reply that another worker has in hand: it may end with it."""


async def deliver_replies(context: Context, uids: Sequence[str]) -> None:
    """Send each reply that still waits; each outcome is committed by itself."""
    in_hand = []
    for uid in uids:
        async with context.database.transaction() as connection:
            reply = await lock_reply(connection, uid)
            if reply is not None:
                delivery = await context.sender.send(reply.outgoing)
                # A server's words come in any charset; what cannot be written would be sent again.
                detail = one_line(delivery.detail, LONGEST_DETAIL)
                await _record(context, connection, reply, replace(delivery, detail=detail))
            elif await is_queued(connection, uid):
                in_hand.append(uid)
    if in_hand:
        async with context.database.transaction() as connection:
            again = context.clock() + LOOK_AGAIN
            await context.queue.deliver(connection, in_hand, at=again)


async def _record(
    context: Context, connection: Connection, reply: QueuedReply, delivery: Delivery
) -> None:
    now = context.clock()
    context.meters.delivered(reply.kind, delivery.outcome.value)
    if delivery.outcome is Outcome.SENT:
        await mark_sent(connection, reply, delivery.detail, now)
        if reply.kind in ACKNOWLEDGING:
            context.meters.acknowledged((now - reply.created_at).total_seconds())
        return
    log.warning(
        "reply.not_sent",
        reply=str(reply.uid),
        kind=reply.kind,
        outcome=delivery.outcome.value,
        attempts=reply.attempts + 1,
    )
    patience = timedelta(days=context.in_force.settings.replies.give_up_after_days)
    again = next_attempt(reply.attempts + 1, since=reply.created_at, now=now, patience=patience)
    if delivery.outcome is Outcome.LATER and again is not None:
        await mark_tried(connection, reply, delivery.detail)
        await context.queue.deliver(connection, [str(reply.uid)], at=again)
        return
    state = "refused" if delivery.outcome is Outcome.REFUSED else "gave_up"
    await mark_ended(connection, reply, state, delivery.detail)
    tried_for = patience if state == "gave_up" else None
    await _tell_first_level(context, connection, reply, delivery.detail, now, tried_for)


async def _tell_first_level(
    context: Context,
    connection: Connection,
    reply: QueuedReply,
    detail: str,
    now: datetime,
    tried_for: timedelta | None,
) -> None:
    """A note on the ticket, and a mail where it was a client who was not reached."""
    batch = Batch()
    ticket_id, outgoing = reply.ticket_id, reply.outgoing
    standings = await load_standings(connection, () if ticket_id is None else (ticket_id,))
    if ticket_id is not None:
        words = f"A resposta a {outgoing.recipient} não foi aceita: {detail[:300]}"
        batch.entries.append(note(ticket_id, words))
    if reply.kind not in notices.DESK_KINDS:
        batch.replies += notices.of_a_refusal(
            outgoing,
            standings.get(ticket_id or 0),
            context.in_force,
            now,
            detail=detail,
            tried_for=tried_for,
        )
    await write_batch(connection, batch)
    due = [str(row.uid) for row in batch.replies if row.state == "queued"]
    if due:
        await context.queue.deliver(connection, due)
    if ticket_id is not None:
        await context.queue.carry(connection, await _lane(connection, ticket_id), [ticket_id])


async def _lane(connection: Connection, ticket_id: int) -> int:
    cursor = await connection.execute("SELECT lane FROM tickets WHERE id = %s", [ticket_id])
    row = await cursor.fetchone()
    return int(row["lane"]) if row else 0
