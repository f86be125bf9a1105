"""The job `deliver`: send replies.

A reply's row stays locked from before the attempt until its outcome is committed, so that no other
worker sends it meanwhile. It is sent twice only if the process dies between the server's "250" and
our commit, and then with the same Message-ID. WhatsApp and SMS have no Message-ID: there a
repeated attempt first asks the provider what it has already accepted.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from intake.context import Context
from intake.jobs import phone_delivery
from intake.jobs.app_events import Event, record_stage
from intake.jobs.chat_replies import is_chat_reply, with_link
from intake.jobs.delivery_failure import after_failing, end
from intake.notify.outbox import Outbox
from intake.ports.sender import Delivery, Outcome
from intake.replies.presentable import one_line
from intake.store.database import Connection
from intake.store.replies import (
    ACKNOWLEDGING,
    QueuedReply,
    is_queued,
    lock_reply,
    mark_begun,
    mark_sent,
    mark_tried,
)
from intake.store.reply_progress import record_taken
from routing.waiting import next_attempt

log = structlog.get_logger()

LONGEST_DETAIL = 1000
"""Characters of a server's answer that are stored."""
LOOK_AGAIN = timedelta(seconds=10)
"""Delay before the next look at a reply that another worker is sending: that worker may die."""


async def deliver_replies(context: Context, uids: Sequence[str]) -> None:
    """Send each reply that still waits. Each outcome is committed separately."""
    in_hand = [uid for uid in uids if await _deliver(context, uid)]
    if in_hand:
        async with context.database.transaction() as connection:
            again = context.clock() + LOOK_AGAIN
            await Outbox(context, connection).deliver(in_hand, at=again)


async def _deliver(context: Context, uid: str) -> bool:
    """Send one reply. Returns whether another worker is sending it."""
    begun: QueuedReply | None = None
    while True:
        async with context.database.transaction() as connection:
            reply = await lock_reply(connection, uid)
            if reply is None:
                return await is_queued(connection, uid)
            if phone_delivery.is_by_phone(reply) and reply.begun_at is None:
                # Committed before the attempt: after a crash we know that there was one.
                begun = replace(reply, begun_at=context.clock())
                await mark_begun(connection, begun)
                continue
            delivery = await _send(context, connection, reply, first=reply == begun)
            # A server's answer may hold any bytes. If it could not be stored, the reply would be
            # sent again.
            detail = one_line(delivery.detail, LONGEST_DETAIL)
            await _record(context, connection, reply, replace(delivery, detail=detail))
            return False


async def _send(
    context: Context, connection: Connection, reply: QueuedReply, *, first: bool
) -> Delivery:
    if is_chat_reply(reply):
        return await context.sender.send(await with_link(connection, reply))
    if not phone_delivery.is_by_phone(reply):
        return await context.sender.send(reply.outgoing)
    settings, now = context.config.settings.twilio, context.clock()
    ready = await phone_delivery.prepared(connection, reply, settings, first=first, now=now)
    return ready if isinstance(ready, Delivery) else await context.sender.send(ready)


async def _record(
    context: Context, connection: Connection, reply: QueuedReply, delivery: Delivery
) -> None:
    now = context.clock()
    context.metrics.delivered(reply.kind, delivery.outcome.value)
    if delivery.outcome is Outcome.SENT:
        await mark_sent(connection, reply, delivery.detail, now)
        if reply.kind in ACKNOWLEDGING:
            context.metrics.acknowledged((now - reply.created_at).total_seconds())
            await record_stage(context, connection, reply.ticket_id, Event.ACKNOWLEDGED)
        if delivery.provider_id:
            failed = await record_taken(connection, reply, delivery.provider_id)
            if failed is not None:
                await after_failing(context, connection, failed)
        return
    log.warning(
        "reply.not_sent",
        reply=str(reply.uid),
        kind=reply.kind,
        outcome=delivery.outcome.value,
        attempts=reply.attempts + 1,
    )
    patience = timedelta(days=context.config.settings.replies.give_up_after_days)
    again = next_attempt(reply.attempts + 1, since=reply.created_at, now=now, patience=patience)
    if delivery.outcome is Outcome.LATER and again is not None:
        await mark_tried(connection, reply, delivery.detail, doubtful=delivery.doubtful)
        again = max(again, now + delivery.wait)
        await Outbox(context, connection).deliver([str(reply.uid)], at=again)
        return
    gave_up = delivery.outcome is not Outcome.REFUSED
    await end(
        context,
        connection,
        reply,
        detail=delivery.detail,
        code=delivery.code,
        tried_for=patience if gave_up else None,
    )
