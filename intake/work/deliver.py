"""The job `deliver`: replies leave the house.

A reply's row stays locked from before the attempt until its outcome is committed, so that no other
worker sends it meanwhile. Only where the process dies between the server's "250" and our commit is
it sent again, and then with the same Message-ID.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from intake.journal.database import Connection
from intake.journal.replies import (
    QueuedReply,
    lock_reply,
    mark_ended,
    mark_sent,
    mark_tried,
)
from intake.journal.writing import Batch, EntryRow, write_batch
from intake.replies.sender import Delivery, Outcome
from intake.work.answers import first_level, notice
from intake.work.context import Context
from routing.waiting import next_attempt

log = structlog.get_logger()

DESK_KINDS = frozenset({"owner-reply", "undeliverable", "failed"})
"""Notices to the desk's own people: nobody is told by mail that one of these was refused."""


async def deliver_replies(context: Context, uids: Sequence[str]) -> None:
    """Send each reply that still waits; each outcome is committed by itself."""
    for uid in uids:
        async with context.database.transaction() as connection:
            reply = await lock_reply(connection, uid)
            if reply is None:
                continue
            delivery = await context.sender.send(reply.outgoing)
            await _record(context, connection, reply, delivery)


async def _record(
    context: Context, connection: Connection, reply: QueuedReply, delivery: Delivery
) -> None:
    now = context.clock()
    context.meters.delivered(reply.kind, delivery.outcome.value)
    if delivery.outcome is Outcome.SENT:
        await mark_sent(connection, reply, delivery.detail, now)
        if reply.kind == "acknowledgement":
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
    await _tell_first_level(context, connection, reply, delivery, now)


async def _tell_first_level(
    context: Context,
    connection: Connection,
    reply: QueuedReply,
    delivery: Delivery,
    now: datetime,
) -> None:
    batch = Batch()
    outgoing = reply.outgoing
    words = f"A resposta a {outgoing.recipient} não foi aceita: {delivery.detail[:300]}"
    lane = 0
    if reply.ticket_id is not None:
        batch.entries.append(
            EntryRow(ticket_id=reply.ticket_id, kind="note", author="Central Intake", body=words)
        )
        lane = await _lane(connection, reply.ticket_id)
    if reply.kind not in DESK_KINDS:
        extra = {"recipient": outgoing.recipient, "detail": delivery.detail[:300]}
        batch.replies += [
            notice(
                "undeliverable",
                person,
                context.in_force,
                now,
                ticket_id=reply.ticket_id,
                number=outgoing.ticket_number,
                title=outgoing.subject,
                extra=extra,
            )
            for person in first_level(context.in_force)
        ]
    await write_batch(connection, batch)
    due = [str(row.uid) for row in batch.replies if row.state == "queued"]
    if due:
        await context.queue.deliver(connection, due)
    if reply.ticket_id is not None:
        await context.queue.carry(connection, lane, [reply.ticket_id])


async def _lane(connection: Connection, ticket_id: int) -> int:
    cursor = await connection.execute("SELECT lane FROM tickets WHERE id = %s", [ticket_id])
    row = await cursor.fetchone()
    return int(row["lane"]) if row else 0
