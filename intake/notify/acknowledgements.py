"""The replies that a decision makes necessary, as rows for the journal."""

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
    # The first answer on a ticket that was imported silently.
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
    """What the client is told at once, or None where nothing is.

    `standing` is the ticket's, where there is one.
    """
    kind = _kind(reception)
    recipient = reception.recipient or message.answer_to
    if kind is None or recipient is None or not (reception.acknowledge or reception.silence):
        return None
    previous = reception.thread.ticket.number if reception.thread.ticket else ""
    facts = reply_facts(
        config,
        now,
        # The number leads answers to the ticket; what others wrote on it stays there.
        None if kind == FOLDED else summary,
        requester_name=message.sender.name if message.sender else "",
        received_at=message.received_at,
        extra={"previous_number": previous} if kind == "linked" else {},
    )
    if kind == FOLDED and summary is not None:
        facts = replace(facts, number=summary.number)
    if reception.is_strangers:
        # It may be the other ticket's, as their mail program repeats it.
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
    """Who cites a ticket without taking part in it is told nothing of that one, nor its number."""
    if reception.is_strangers:
        return KIND_BY_OUTCOME[Outcome.OPENED]
    return FOLDED if reception.is_folded else KIND_BY_OUTCOME.get(reception.outcome)


def summary_of(ticket_id: int, number: str, triage: Triage) -> TicketSummary:
    """Of a ticket that is being opened."""
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
    """What a reply may say about a ticket, or about none."""
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
    # A ticket may be older than the settings, and of a type or service that these have no longer.
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
    """A reply in words, ready to send; with a reason for `silence` it is only kept."""
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
    """What was noted by hand, or sent by an app, is answered by mail."""
    return Channel.EMAIL if channel in BY_MAIL else channel
