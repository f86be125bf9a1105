"""Answers in the chat to whoever wrote a command there.

The answer about a new ticket links to it at the desk. So it waits until the desk has the ticket;
if that takes longer than `PATIENCE`, it goes out without the link.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from intake.active_config import ActiveConfig
from intake.context import Context
from intake.jobs.triage_rows import Decision
from intake.notify.outbox import Outbox
from intake.ports.sender import Outgoing
from intake.replies import wording
from intake.replies.mail_bytes import message_id
from intake.store.batch import ReplyRow
from intake.store.database import Connection
from intake.store.replies import QueuedReply, waiting_for_desk
from intake.store.ticket_summary import TicketSummary
from intake.store.tickets import desk_link
from routing.commands import words
from routing.message import Message
from routing.triage import Triage
from routing.vocabulary import UNCLASSIFIED, Channel, Kind

PATIENCE = timedelta(seconds=30)
"""How long an answer waits for its link. A desk that is up has the ticket within a second."""
LANGUAGE = "pt-BR"


def chat_answer(
    one: Decision, summary: TicketSummary | None, config: ActiveConfig, now: datetime
) -> ReplyRow | None:
    """The answer to a chat message; None for other channels, and for chat that is no command."""
    message, reception = one.message, one.reception
    if not message.room:
        return None
    if reception.triage is None or summary is None:
        return _row(config, message, "command", reception.answer, now) if reception.answer else None
    # For a requester who opened their own ticket, this answer is the acknowledgement.
    own = message.sender is not None and message.sender.address == message.fields.get("opened_by")
    kind = "command-acknowledged" if own else "command-opened"
    text = _opened(message, reception.triage, summary.number, config, now)
    return _row(config, message, kind, text, now, summary)


def is_chat_reply(reply: QueuedReply) -> bool:
    """Whether the reply goes to a chat."""
    return reply.outgoing.channel is Channel.CHAT


def waits_for_desk(reply: ReplyRow) -> bool:
    """Whether the reply goes to a chat and is about a ticket, so that it should have a link."""
    return reply.outgoing.channel is Channel.CHAT and reply.ticket_id is not None


async def deliver_chat_answers(
    context: Context, connection: Connection, tickets: Sequence[int]
) -> None:
    """Deliver the answers that wait for these tickets, which the desk now has or has refused."""
    if not tickets:
        return
    due = await waiting_for_desk(connection, tickets)
    await Outbox(context, connection).deliver(due)


async def with_link(connection: Connection, reply: QueuedReply) -> Outgoing:
    """The answer with the link to its ticket, if the desk has it by now."""
    if reply.ticket_id is None:
        return reply.outgoing
    return replace(reply.outgoing, link=await desk_link(connection, reply.ticket_id))


def _row(
    config: ActiveConfig,
    message: Message,
    kind: str,
    text: str,
    now: datetime,
    summary: TicketSummary | None = None,
) -> ReplyRow:
    settings, uid = config.settings.replies, uuid.uuid4()
    return ReplyRow(
        uid=uid,
        ticket_id=summary.ticket_id if summary else None,
        kind=kind,
        channel=Channel.CHAT.value,
        outgoing=Outgoing(
            message_id=message_id(str(uid), settings.sender.rpartition("@")[2]),
            sender=settings.sender,
            sender_name=settings.sender_name,
            recipient=message.room,
            recipient_name="",
            subject="",
            text=text,
            ticket_number=summary.number if summary else "",
            channel=Channel.CHAT,
            date=now,
        ),
    )


def _opened(
    message: Message, triage: Triage, number: str, config: ActiveConfig, now: datetime
) -> str:
    return words.opened(
        number=number,
        title=triage.title,
        client=_client(message, triage),
        about=_about(triage, config, now),
        troubles=_troubles(message, triage),
    )


def _client(message: Message, triage: Triage) -> str:
    asks_for_themselves = triage.requester == message.fields.get("opened_by")
    return triage.client or ("" if asks_for_themselves else triage.requester_name)


def _about(triage: Triage, config: ActiveConfig, now: datetime) -> Iterator[str]:
    procedure = config.policy.procedure
    zone = procedure.calendar.zone
    known = triage.request_type != UNCLASSIFIED
    yield procedure.sla.label(triage.request_type) if known else "tipo de solicitação a definir"
    yield f"nível {triage.level}"
    owner = procedure.roster.person(triage.owner) if triage.owner else None
    yield f"responsável {owner.name}" if owner else "sem responsável"
    if triage.deadline is not None:
        at = wording.until(triage.deadline, now=now, zone=zone, language=LANGUAGE)
        yield f"combinado {at}"
    elif triage.resolution_due is not None:
        at = wording.until(triage.resolution_due, now=now, zone=zone, language=LANGUAGE)
        yield f"solução {at}"


def _troubles(message: Message, triage: Triage) -> Iterator[str]:
    # The first notice names who wrote the command; the others say what is unknown of the client.
    yield from message.notices[1:]
    if "requester" in triage.missing and not triage.client and triage.kind is Kind.CLIENT:
        yield words.without_client()
