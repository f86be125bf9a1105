"""Mails to the team about messages, failures and escalations: one reply row for each person."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from intake.active_config import ActiveConfig
from intake.notify.acknowledgements import reply_facts, reply_row
from intake.ports.messages import StoredMessage
from intake.ports.reply_kinds import KINDS
from intake.ports.sender import Outgoing
from intake.replies import wording
from intake.store.batch import ReplyRow
from intake.store.ticket_summary import OurReply, TicketSummary
from routing.aside import update_effects
from routing.message import DeliveryReport, Message
from routing.reception import Outcome, Reception
from routing.roster import Escalation, Person
from routing.triage import title_of
from routing.vocabulary import Channel

DESK_KINDS = frozenset(kind.name for kind in KINDS.values() if kind.audience == "desk")
"""Kinds of mail to the team. Nobody is told when one is not delivered: that mail might fail too."""

UNDELIVERED = frozenset(("failed", ""))
"""Actions of a delivery report (RFC 3464, 2.3.3) of which the first level is told."""

_LANGUAGE = "pt-BR"


def of_a_message(
    message: Message,
    reception: Reception,
    summary: TicketSummary,
    config: ActiveConfig,
    now: datetime,
    *,
    answered: OurReply | None = None,
) -> list[ReplyRow]:
    """Tell the owner that a client wrote on a ticket, or the first level that a reply bounced.

    `answered` is the reply of ours that the message answers. If that was a notice to the team, its
    recipient is not told: an automatic answer from their address would start an endless loop.
    """
    notice_to = answered.recipient if answered and answered.kind in DESK_KINDS else None
    if reception.outcome not in (Outcome.JOINED, Outcome.REOPENED) or reception.silently:
        return []
    if reception.is_bounce:
        return [] if notice_to is not None else _of_a_bounce(message, summary, config, now)
    closed = reception.thread.ticket is not None and reception.thread.ticket.stage.is_closed
    thanks = reception.outcome is Outcome.JOINED and closed
    quiet = not (reception.disposition.opens_ticket and update_effects(message.aside).wakes)
    if thanks or quiet:
        return []
    sender = message.sender.address if message.sender else ""
    extra = {"sender": sender, "excerpt": message.text[:500]}
    if reception.outcome is Outcome.REOPENED:
        extra["reopened"] = "1"
    return _rows(
        "owner-reply",
        [one for one in _owner(config, summary) if one.email.lower() not in (sender, notice_to)],
        config,
        now,
        summary,
        received_at=message.received_at,
        extra=extra,
    )


def _of_a_bounce(
    message: Message, summary: TicketSummary, config: ActiveConfig, now: datetime
) -> list[ReplyRow]:
    report = message.report or DeliveryReport()
    if report.action not in UNDELIVERED:
        return []
    # Never to an address that has just bounced: the notice would bounce too and cause another.
    bounced = report.recipients
    people = [one for one in _first_level(config) if one.email.lower() not in bounced]
    status = f"{report.status} " if report.status else ""
    extra = {
        "recipient": ", ".join(report.recipients) or "o cliente",
        "detail": f"{status}{title_of(message)}",
    }
    return _rows(
        "undeliverable",
        people,
        config,
        now,
        summary,
        received_at=message.received_at,
        extra=extra,
    )


def of_a_refusal(
    outgoing: Outgoing,
    summary: TicketSummary | None,
    config: ActiveConfig,
    now: datetime,
    *,
    detail: str,
    tried_for: timedelta | None,
) -> list[ReplyRow]:
    """Tell the first level that a reply to a client could not be delivered.

    `tried_for`: how long it was tried, for a reply that was put off until we gave up; None for one
    that was refused.
    """
    extra = {"recipient": outgoing.recipient, "detail": detail[:300]}
    if tried_for is not None:
        extra["tried_for"] = wording.duration(tried_for, language=_LANGUAGE)
    return _rows(
        "undeliverable",
        _first_level(config),
        config,
        now,
        summary,
        received_at=now,
        extra=extra,
    )


def of_a_failure(
    stored: StoredMessage, reason: str, config: ActiveConfig, now: datetime
) -> list[ReplyRow]:
    """Tell the first level of a message that could not be processed."""
    return _rows(
        "failed",
        _first_level(config),
        config,
        now,
        None,
        received_at=stored.received_at,
        extra={"failure": str(stored.id), "reason": reason[:500], "source": stored.source},
    )


def of_a_desk_refusal(
    summary: TicketSummary, words: str, received_at: datetime, config: ActiveConfig, now: datetime
) -> list[ReplyRow]:
    """Tell the first level that the desk refuses a ticket, in the desk's own words."""
    return _rows(
        "desk-refused",
        _first_level(config),
        config,
        now,
        summary,
        received_at=received_at,
        extra={"detail": words[:1000]},
    )


def of_an_escalation(
    summary: TicketSummary, escalation: Escalation, config: ActiveConfig, now: datetime
) -> list[ReplyRow]:
    """Tell the new owner of a ticket that was escalated to them.

    `summary` is the ticket after the escalation.
    """
    extra = {"level_before": escalation.level_before}
    before = escalation.owner_before
    if before is not None:
        person = config.policy.procedure.roster.person(before)
        extra["owner_before"] = person.name if person else before
    if escalation.why:
        extra["reason"] = escalation.why[:500]
    return _rows(
        "escalated",
        _owner(config, summary),
        config,
        now,
        summary,
        received_at=now,
        extra=extra,
    )


def _first_level(config: ActiveConfig) -> list[Person]:
    roster = config.policy.procedure.roster
    return [person for person in roster.on(roster.levels[0]) if person.email]


def _owner(config: ActiveConfig, summary: TicketSummary) -> list[Person]:
    """The owner, if they have a mail address, else everybody on the first level."""
    roster = config.policy.procedure.roster
    person = roster.person(summary.owner) if summary.owner else None
    return [person] if person is not None and person.email else _first_level(config)


def _rows(
    kind: str,
    people: Sequence[Person],
    config: ActiveConfig,
    now: datetime,
    summary: TicketSummary | None,
    *,
    received_at: datetime,
    extra: Mapping[str, str],
) -> list[ReplyRow]:
    wanted = KINDS[kind]
    if summary is not None and summary.desk_url and "desk_url" in wanted.optional:
        extra = {**extra, "desk_url": summary.desk_url}
    return [
        reply_row(
            config,
            kind=kind,
            facts=reply_facts(
                config,
                now,
                summary,
                requester_name=person.name,
                received_at=received_at,
                extra=extra,
            ),
            ticket_id=summary.ticket_id if summary else None,
            recipient=(person.email, person.name),
            language=_LANGUAGE,
            channel=Channel.EMAIL,
        )
        for person in people
    ]
