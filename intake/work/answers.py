"""The replies that a decision makes necessary, as rows for the journal."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from intake.journal.writing import ReplyRow
from intake.replies.facts import ReplyFacts
from intake.replies.message import message_id
from intake.replies.sender import Outgoing
from intake.work.context import InForce
from routing.message import Message
from routing.reception import Outcome, Reception
from routing.roster import Person
from routing.triage import Triage, title_of
from routing.vocabulary import UNCLASSIFIED, Channel

KIND_BY_OUTCOME = {
    Outcome.OPENED: "acknowledgement",
    Outcome.LINKED: "linked",
    Outcome.REOPENED: "reopened",
    Outcome.RECORDED: "greeting",
}
SWITCHED_OFF = "as respostas estão desligadas (replies.via)"


def acknowledgement(
    message: Message, reception: Reception, number: str, in_force: InForce, now: datetime
) -> ReplyRow | None:
    """What the client is told at once, or None where nothing is."""
    kind = KIND_BY_OUTCOME.get(reception.outcome)
    recipient = message.answer_to
    if kind is None or recipient is None or not (reception.acknowledge or reception.silence):
        return None
    previous = reception.thread.ticket.number if reception.thread.ticket else ""
    facts = _facts(
        in_force,
        now,
        number=number,
        title=title_of(message),
        requester_name=message.sender.name if message.sender else "",
        received_at=message.received_at,
        triage=reception.triage,
        extra={"previous_number": previous} if kind == "linked" else {},
    )
    classification = reception.classification
    language = classification.language if classification else ""
    replies = in_force.settings.replies
    silence = reception.silence or (SWITCHED_OFF if replies.via == "none" else "")
    return _row(
        in_force,
        kind=kind,
        facts=facts,
        ticket_id=reception.ticket_id,
        recipient=(recipient.address, recipient.name),
        language=language or replies.default_language,
        channel=message.channel,
        in_reply_to=message.message_id,
        references=(*message.references, message.message_id),
        silence=silence,
    )


def notice(
    kind: str,
    person: Person,
    in_force: InForce,
    now: datetime,
    *,
    ticket_id: int | None,
    number: str,
    title: str,
    extra: dict[str, str],
) -> ReplyRow:
    """A word to somebody at the desk, by mail."""
    facts = _facts(
        in_force,
        now,
        number=number,
        title=title,
        requester_name=person.name,
        received_at=now,
        triage=None,
        extra=extra,
    )
    return _row(
        in_force,
        kind=kind,
        facts=facts,
        ticket_id=ticket_id,
        recipient=(person.email, person.name),
        language="pt-BR",
        channel=Channel.EMAIL,
        silence=SWITCHED_OFF if in_force.settings.replies.via == "none" else "",
    )


def first_level(in_force: InForce, *, owner: str | None = None) -> Iterator[Person]:
    """The owner where there is one with a mail address, else everybody on the first level."""
    roster = in_force.policy.procedure.roster
    person = roster.person(owner) if owner else None
    people = (person,) if person and person.email else roster.on(roster.levels[0])
    return (one for one in people if one.email)


def _facts(
    in_force: InForce,
    now: datetime,
    *,
    number: str,
    title: str,
    requester_name: str,
    received_at: datetime,
    triage: Triage | None,
    extra: dict[str, str],
) -> ReplyFacts:
    procedure = in_force.policy.procedure
    calendar = procedure.calendar
    known = triage is not None and triage.request_type != UNCLASSIFIED
    owner = procedure.roster.person(triage.owner) if triage and triage.owner else None
    service = procedure.sla.services.get(triage.service) if triage and triage.service else None
    return ReplyFacts(
        number=number,
        title=title,
        requester_name=requester_name,
        request_type=triage.request_type if triage and known else "",
        request_type_label=procedure.sla.label(triage.request_type) if triage and known else "",
        service_label=service.label if service else "",
        level=triage.level if triage else "",
        owner_name=owner.name if owner else "",
        received_at=received_at,
        first_response_due=triage.first_response_due if triage else None,
        resolution_due=triage.resolution_due if triage else None,
        missing=triage.missing if triage else (),
        open_now=calendar.is_open(now),
        next_opening=calendar.next_opening(now),
        zone=calendar.zone,
        organisation=in_force.settings.replies.organisation,
        now=now,
        extra=extra,
    )


def _row(
    in_force: InForce,
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
    settings = in_force.settings.replies
    composed = in_force.templates.compose(kind, channel, language, facts)
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
            date=facts.now,
        ),
    )
