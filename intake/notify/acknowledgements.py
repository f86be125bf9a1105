"""The replies to a client's message, as rows for the store."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from intake.active_config import ActiveConfig
from intake.ports.sender import Outgoing
from intake.replies.facts import ReplyFacts
from intake.replies.mail_bytes import message_id
from intake.replies.switched_off import REASON as SWITCHED_OFF
from intake.store.batch import ReplyRow
from intake.store.ticket_summary import TicketSummary
from routing.message import Message
from routing.reception import Outcome, Reception
from routing.triage import Triage
from routing.vocabulary import UNCLASSIFIED, Channel

BY_MAIL = frozenset((Channel.MANUAL, Channel.APP, Channel.CHAT))
CALLED = "quem telefonou espera um retorno por telefone"
FOLDED = "received"
KIND_BY_OUTCOME = {
    Outcome.OPENED: "acknowledgement",
    Outcome.LINKED: "linked",
    Outcome.REOPENED: "reopened",
    Outcome.RECORDED: "greeting",
    # These two: the first answer on a ticket that was imported without one.
    Outcome.JOINED: "acknowledgement",
    Outcome.DUPLICATE: "acknowledgement",
}


def acknowledgement(
    message: Message,
    reception: Reception,
    summary: TicketSummary | None,
    config: ActiveConfig,
    now: datetime,
) -> ReplyRow | None:
    """The reply to a message, or None where it gets none.

    `summary` is that of the message's ticket, if it has one.
    """
    kind = _kind(reception)
    recipient = reception.recipient or message.answer_to
    if kind is None or recipient is None or not (reception.acknowledge or reception.silence):
        return None
    previous = reception.thread.ticket.number if reception.thread.ticket else ""
    facts = reply_facts(
        config,
        now,
        # The reply gives the ticket's number, so that answers find it, but nothing else of the
        # ticket, which others may have written.
        None if kind == FOLDED else summary,
        requester_name=message.sender.name if message.sender else "",
        received_at=message.received_at,
        extra={"previous_number": previous} if kind == "linked" else {},
    )
    if kind == FOLDED and summary is not None:
        facts = replace(facts, number=summary.number)
    if reception.is_strangers:
        # A reply by mail repeats the subject, so the title may be that of the cited ticket.
        facts = replace(facts, title="")
    classification = reception.classification
    return reply_row(
        config,
        kind=kind,
        facts=facts,
        ticket_id=reception.ticket_id,
        recipient=(recipient.address, recipient.name),
        language=classification.language if classification else "",
        channel=message.channel,
        in_reply_to=message.message_id,
        references=(*message.references, message.message_id),
        silence=reception.silence,
    )


def _kind(reception: Reception) -> str | None:
    """The kind of reply, or None.

    Strangers, who cite a ticket without taking part in it, learn nothing of it, nor its number.
    """
    if reception.is_strangers:
        return KIND_BY_OUTCOME[Outcome.OPENED]
    return FOLDED if reception.is_folded else KIND_BY_OUTCOME.get(reception.outcome)


def summary_of(ticket_id: int, number: str, triage: Triage) -> TicketSummary:
    """The summary of a ticket that is being opened, and is not in the store yet."""
    return TicketSummary(
        ticket_id=ticket_id,
        number=number,
        title=triage.title,
        request_type=triage.request_type,
        service=triage.service,
        level=triage.level,
        owner=triage.owner,
        missing=triage.missing,
        language=triage.language,
        first_response_due=triage.first_response_due,
        resolution_due=triage.resolution_due,
    )


def reply_facts(
    config: ActiveConfig,
    now: datetime,
    summary: TicketSummary | None,
    *,
    requester_name: str,
    received_at: datetime,
    extra: Mapping[str, str],
) -> ReplyFacts:
    """The facts for a reply about a ticket, or about none (`summary` None).

    `extra`: what this kind of reply needs besides; see `intake.ports.reply_kinds`.
    """
    calendar = config.policy.procedure.calendar
    around = ReplyFacts(
        requester_name=requester_name,
        received_at=received_at,
        open_now=calendar.is_open(now),
        next_opening=calendar.next_opening(now),
        zone=calendar.zone,
        organisation=config.settings.organisation.name,
        now=now,
        extra=extra,
    )
    return around if summary is None else _about(summary, around, config)


def _about(summary: TicketSummary, around: ReplyFacts, config: ActiveConfig) -> ReplyFacts:
    procedure = config.policy.procedure
    # The settings may have lost the request type or service of an old ticket.
    row = procedure.sla.types.get(summary.request_type)
    known = row if summary.request_type != UNCLASSIFIED else None
    service = procedure.sla.services.get(summary.service) if summary.service else None
    owner = procedure.roster.person(summary.owner) if summary.owner else None
    return replace(
        around,
        number=summary.number,
        title=summary.title,
        request_type=summary.request_type if known else "",
        request_type_label=known.label if known else "",
        service_label=service.label if service else "",
        level=summary.level,
        owner_name=owner.name if owner else "",
        first_response_due=summary.first_response_due,
        resolution_due=summary.resolution_due,
        missing=summary.missing,
    )


def reply_row(
    config: ActiveConfig,
    *,
    kind: str,
    facts: ReplyFacts,
    ticket_id: int | None,
    recipient: tuple[str, str],
    language: str,
    channel: Channel,
    in_reply_to: str = "",
    references: tuple[str, ...] = (),
    silence: str = "",
) -> ReplyRow:
    """A reply with its text, ready to send.

    `recipient`: address and name. `silence`: why the reply must not be sent; it is then only
    stored. Replies that are switched off, or answer a call, are not sent either.
    """
    settings = config.settings.replies
    silence = silence or (SWITCHED_OFF if settings.backend == "none" else "")
    silence = silence or (CALLED if channel is Channel.VOICE else "")
    composed = config.templates.compose(
        kind, _way(channel), language or settings.default_language, facts
    )
    uid = uuid.uuid4()
    return ReplyRow(
        uid=uid,
        ticket_id=ticket_id,
        kind=kind,
        channel=channel.value,
        state="suppressed" if silence else "queued",
        detail=silence or None,
        outgoing=Outgoing(
            message_id=message_id(str(uid), settings.sender.rpartition("@")[2]),
            sender=settings.sender,
            sender_name=settings.sender_name,
            recipient=recipient[0],
            recipient_name=recipient[1],
            subject=composed.subject,
            text=composed.text,
            html=composed.html,
            in_reply_to=in_reply_to,
            references=tuple(i for i in references if i),
            ticket_number=facts.number,
            channel=_way(channel),
            date=facts.now,
        ),
    )


def _way(channel: Channel) -> Channel:
    """The channel to answer by: mail for requests entered by hand, by an app or in the chat."""
    return Channel.EMAIL if channel in BY_MAIL else channel
