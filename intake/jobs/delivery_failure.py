"""Replies that did not reach their recipient: try another way, or tell the first level.

For replies that were refused, that we gave up on, and that a provider accepted but could not
deliver.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.jobs import phone_delivery
from intake.jobs.chat_replies import is_chat_reply
from intake.jobs.other_address import other_address
from intake.notify import notices
from intake.notify.notes import note
from intake.notify.outbox import Outbox
from intake.replies.mail_bytes import message_id
from intake.store.batch import Batch, ReplyRow
from intake.store.database import Connection
from intake.store.opt_outs import opt_out
from intake.store.replies import (
    QueuedReply,
    load_reply,
    mark_ended,
    mark_queued_again,
    undo_acknowledgement,
)
from intake.store.reply_progress import DeliveryNews, FailedReply, record_status
from intake.store.ticket_summary import TicketSummary, load_summaries
from routing.phone.faults import Remedy, fault
from routing.vocabulary import Channel
from routing.waiting import next_attempt

CHANNEL_NAMES = {
    Channel.WHATSAPP: " por WhatsApp",
    Channel.SMS: " por SMS",
}


async def record_delivery_news(context: Context, news: DeliveryNews) -> None:
    """Record a provider's status of a reply, and act at once if the delivery failed."""
    async with context.database.transaction() as connection:
        failed = await record_status(connection, news)
        if failed is not None:
            await after_failing(context, connection, failed)


async def after_failing(context: Context, connection: Connection, failed: FailedReply) -> None:
    """Handle a reply that a provider accepted but could not deliver.

    It is sent again where that can help (later, or as a template); else see `end`.
    """
    reply = await load_reply(connection, failed.uid)
    if reply is None:
        return
    await undo_acknowledgement(connection, str(reply.uid))
    known, code = fault(failed.code), failed.code
    detail = f"{known.words} ({code})" if code else known.words
    now, settings = context.clock(), context.config.settings
    patience = timedelta(days=settings.replies.give_up_after_days)
    if (
        known.remedy is Remedy.TEMPLATE
        and not reply.template_only
        and phone_delivery.template(reply, settings.twilio) is not None
    ):
        await mark_queued_again(connection, reply, detail, template_only=True)
        await Outbox(context, connection).deliver([failed.uid])
        return
    again = next_attempt(reply.attempts, since=reply.created_at, now=now, patience=patience)
    if known.remedy is Remedy.LATER and again is not None:
        await mark_queued_again(connection, reply, detail, template_only=reply.template_only)
        await Outbox(context, connection).deliver([failed.uid], at=again)
        return
    await end(context, connection, reply, detail=detail, code=code, tried_for=None)


async def end(
    context: Context,
    connection: Connection,
    reply: QueuedReply,
    *,
    detail: str,
    code: int,
    tried_for: timedelta | None,
) -> None:
    """Give a reply up: send it by mail where another address is known, else tell the first level.

    A recipient who opted out is told nothing by another way; a note says so. `tried_for`: how long
    it was tried, for a reply that was put off until we gave up; None for one that was refused.
    """
    config, now, outgoing = context.config, context.clock(), reply.outgoing
    batch = Batch()
    if fault(code).remedy is Remedy.OBEY:
        await mark_ended(connection, reply, "suppressed", detail)
        await opt_out(connection, outgoing.channel, outgoing.recipient, now)
        _note(batch, reply, f"não foi enviada: {detail}. Fale com a pessoa de outro modo.")
    else:
        await mark_ended(connection, reply, "refused" if tried_for is None else "gave_up", detail)
        summary = await _standing(connection, reply)
        other = await other_address(connection, reply, config)
        if other:
            batch.replies.append(_by_mail(reply, summary, other, config, now))
            _note(batch, reply, f"não chegou: {detail[:300]}. Foi enviada por e-mail a {other}.")
        else:
            _note(batch, reply, f"não foi aceita: {detail[:300]}")
            batch.replies += _notices(reply, summary, config, now, detail, tried_for)
    touched = () if reply.ticket_id is None else (reply.ticket_id,)
    await Outbox(context, connection).write(batch, also_sync=touched)


def _note(batch: Batch, reply: QueuedReply, words: str) -> None:
    outgoing = reply.outgoing
    way = CHANNEL_NAMES.get(outgoing.channel, "")
    if reply.ticket_id is not None:
        whom = "no canal de comandos" if is_chat_reply(reply) else f"a {outgoing.recipient}{way}"
        whole = f"A resposta {whom} {words}"
        batch.entries.append(note(reply.ticket_id, whole))


def _notices(
    reply: QueuedReply,
    summary: TicketSummary | None,
    config: ActiveConfig,
    now: datetime,
    detail: str,
    tried_for: timedelta | None,
) -> Sequence[ReplyRow]:
    if reply.kind in notices.DESK_KINDS or is_chat_reply(reply):
        # No client is waiting for this reply.
        return ()
    return notices.of_a_refusal(
        reply.outgoing, summary, config, now, detail=detail, tried_for=tried_for
    )


def _by_mail(
    reply: QueuedReply,
    summary: TicketSummary | None,
    address: str,
    config: ActiveConfig,
    now: datetime,
) -> ReplyRow:
    """The same text as a mail, with the number in its subject so that answers find the ticket."""
    settings = config.settings.replies
    uid = uuid.uuid4()
    number = f"[{reply.outgoing.ticket_number}] " if reply.outgoing.ticket_number else ""
    title = summary.title if summary else config.settings.organisation.name
    return ReplyRow(
        uid=uid,
        ticket_id=reply.ticket_id,
        kind=reply.kind,
        channel=Channel.EMAIL.value,
        outgoing=replace(
            reply.outgoing,
            message_id=message_id(str(uid), settings.sender.rpartition("@")[2]),
            channel=Channel.EMAIL,
            recipient=address,
            subject=f"{number}{title}",
            in_reply_to="",
            references=(),
            date=now,
        ),
    )


async def _standing(connection: Connection, reply: QueuedReply) -> TicketSummary | None:
    ids = () if reply.ticket_id is None else (reply.ticket_id,)
    return (await load_summaries(connection, ids)).get(reply.ticket_id or 0)
