"""What becomes of one message: the whole decision, from disposition to ticket, as a value."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from routing.aside import bearing
from routing.commands.heeding import Unopened, follow
from routing.disposition import Disposition, Nature, dispose
from routing.ledger import Caps, Copy, Ledger
from routing.message import Message
from routing.phone.opt_out import wish
from routing.rules.classification import Classification, Surroundings
from routing.rules.explanation import deciding
from routing.rules.ruleset import RuleSet
from routing.sla import DueTimes
from routing.threading import (
    NEW_AFTER,
    NO_THREAD,
    Belonging,
    KnownTicket,
    Thread,
    find_thread,
    referenced_ids,
    subject_tags,
)
from routing.triage import Procedure, Triage, due_again, triage
from routing.vocabulary import Channel, Stage

MOST_REASONS = 3
"""Rules that are named where a message opens no ticket: the heaviest."""


PHONE = frozenset((Channel.WHATSAPP, Channel.SMS))
DELIBERATE = frozenset((Channel.APP, Channel.VOICE, Channel.MANUAL, Channel.CHAT))
"""Channels on which nobody writes only to say thanks: whatever comes by them opens a ticket."""


WAS_THERE = "já estava na caixa quando o serviço começou a lê-la: ninguém foi respondido"
IMPORTED = (
    "Importado do que já estava na caixa de correio quando o serviço começou a lê-la. O cliente "
    "não recebeu resposta; prazos e avisos só começam se ele escrever de novo."
)
"""On a ticket from mail that was there before us."""
STARTS = "primeira mensagem que chega em um chamado importado: os prazos contam a partir dela"

GREETING = "greeting"
"""The rules' tag of a message that only greets."""


class Outcome(StrEnum):
    """The one thing that became of a message."""

    OPENED = "opened"
    JOINED = "joined"
    REOPENED = "reopened"
    LINKED = "linked"
    """Opened, and linked to a ticket that has been closed for long."""
    DUPLICATE = "duplicate"
    RECORDED = "recorded"
    """Kept, but no ticket: automatic mail, a newsletter, a bare thanks."""

    @property
    def is_new_ticket(self) -> bool:
        """Whether a ticket was made for it."""
        return self in (Outcome.OPENED, Outcome.LINKED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """Everything the firm has set by which messages are decided: one version of it."""

    rules: RuleSet
    procedure: Procedure
    caps: Caps
    reopen: timedelta
    own_domains: frozenset[str]
    own_addresses: frozenset[str]
    new_after: timedelta = NEW_AFTER
    """Silence in a conversation after which its open ticket is left to itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reception:
    """The decision on one message."""

    outcome: Outcome
    disposition: Disposition
    classification: Classification | None = None
    thread: Thread = NO_THREAD
    ticket_id: int | None = None
    triage: Triage | None = None
    """Set where a new ticket is opened."""
    due: DueTimes | None = None
    """The new terms of a ticket that is reopened, or that was imported silently and whose client
    writes now."""
    silently: bool = False
    """It was in the mailbox before us: nobody is told of it, and nothing is promised."""
    acknowledge: bool = False
    """The client is told of the ticket, or of the reopening, or is asked what is needed."""
    silence: str = ""
    """Why no acknowledgement goes out although one could have been expected (pt-BR)."""
    reasons: tuple[str, ...] = ()
    """In pt-BR, for the journal and for `intake` to show."""
    answer: str = ""
    """What whoever wrote in the chat is told where nothing was opened (pt-BR)."""

    @property
    def is_bounce(self) -> bool:
        """A delivery report about a message of ours."""
        return self.disposition.nature is Nature.BOUNCE


def receive(
    message: Message,
    *,
    source: str,
    digest: str,
    policy: Policy,
    ledger: Ledger,
    new_ids: Iterator[int],
    now: datetime,
) -> Reception:
    """Decide on a message and write the decision into the ledger.

    `new_ids` gives the ids that new tickets take.
    """
    disposition = dispose(message, own_addresses=policy.own_addresses)
    copy = _copy_of(message, source, ledger.copies.get(digest, ()))
    if copy is not None:
        reception = _duplicate(message, disposition, copy, policy, ledger, now)
        _note_acknowledged(message, reception, ledger)
        return reception
    if message.command is not None:
        followed = follow(message.command, policy.procedure, now)
        if isinstance(followed, Unopened):
            return Reception(
                outcome=Outcome.RECORDED,
                disposition=disposition,
                answer=followed.answer,
                reasons=(followed.reason,),
            )
        message = replace(message, fields={**followed.fields, **message.fields})
    reception = _decide(message, disposition, policy, ledger, new_ids, now)
    sender = message.sender.address if message.sender else ""
    ledger.note_message(
        digest=digest,
        copy=Copy(source=source, message_id=message.message_id, ticket_id=reception.ticket_id),
    )
    _note_acknowledged(message, reception, ledger)
    if reception.ticket_id is not None and sender and disposition.opens_ticket:
        ledger.note_person(reception.ticket_id, sender)
    if reception.ticket_id is not None and message.conversation:
        ledger.note_heard(message.conversation, reception.ticket_id, message.received_at)
    return reception


def _note_acknowledged(message: Message, reception: Reception, ledger: Ledger) -> None:
    if reception.acknowledge and message.answer_to is not None:
        ledger.note_answered(message.answer_to.address)


def _duplicate(
    message: Message,
    disposition: Disposition,
    copy: Copy,
    policy: Policy,
    ledger: Ledger,
    now: datetime,
) -> Reception:
    """Nothing more, but where the first copy was old for its mailbox and this one is new."""
    found = Reception(
        outcome=Outcome.DUPLICATE,
        disposition=disposition,
        ticket_id=copy.ticket_id,
        reasons=(f"cópia de uma mensagem que já chegou por {copy.source}",),
        silently=message.existing,
    )
    ticket = ledger.tickets.get(copy.ticket_id) if copy.ticket_id is not None else None
    if ticket is None or not ticket.imported_silently or not disposition.opens_ticket:
        return found
    around = replace(surroundings(policy, now), client_tags=ledger.tags_of(message))
    classification = policy.rules.classify(message, around)
    return _started(found, message, classification, ticket, policy, ledger)


def _started(
    found: Reception,
    message: Message,
    classification: Classification,
    ticket: KnownTicket,
    policy: Policy,
    ledger: Ledger,
) -> Reception:
    """As it is, but where a client writes, by a message that is new, on what was imported silently.

    They never had an answer. They get one now, and from now on the ticket is like any other.
    """
    theirs = message.sender is None or message.sender.domain not in policy.own_domains
    if not ticket.imported_silently or ticket.stage.is_closed or message.existing or not theirs:
        return found
    acknowledge, silence = _may_answer(message, found.disposition, classification, policy, ledger)
    ledger.note_started(ticket.id)
    return replace(
        found,
        classification=classification,
        due=due_again(ticket.request_type, ticket.service, message.received_at, policy.procedure),
        acknowledge=acknowledge,
        silence=silence,
        reasons=(*found.reasons, STARTS),
    )


def _copy_of(message: Message, source: str, copies: list[Copy] | tuple[Copy, ...]) -> Copy | None:
    """The same mail delivered twice.

    One mailbox may well get two alike that bear neither Message-ID nor date: those are two.
    """
    told_apart = bool(message.message_id or message.header("date"))
    for copy in copies:
        if message.channel is not Channel.EMAIL:
            continue
        if told_apart or copy.source != source:
            return copy
    return None


def _decide(
    message: Message,
    disposition: Disposition,
    policy: Policy,
    ledger: Ledger,
    new_ids: Iterator[int],
    now: datetime,
) -> Reception:
    around = replace(surroundings(policy, now), client_tags=ledger.tags_of(message))
    classification = policy.rules.classify(message, around)
    thread = find_thread(
        message,
        by_reference=ledger.find(referenced_ids(message), ledger.by_message_id),
        by_tag=ledger.find(subject_tags(message.subject), ledger.by_number),
        by_conversation=ledger.find([message.conversation], ledger.by_conversation),
        now=now,
        reopen=policy.reopen,
        new_after=policy.new_after,
    )
    asked_for = classification.opens_ticket or message.channel in DELIBERATE
    # Nothing but "SAIR" or "VOLTAR" is heeded, not worked on.
    only_a_wish = message.channel in PHONE and wish(message.text) is not None
    bears = bearing(message.aside)
    wants_ticket = disposition.opens_ticket and asked_for and bears.opens and not only_a_wish
    # In a conversation, a greeting after the ticket is closed is the beginning of another matter.
    anew = bool(message.conversation) and thread.belonging is Belonging.FOLLOWS
    kept_there = thread.belonging is Belonging.JOINS or (not wants_ticket and not anew)
    kept_there = kept_there or not bears.wakes
    if thread.ticket is not None and kept_there:
        # Thanks, or an automatic answer, on a closed ticket are kept there and wake nobody.
        joined = Reception(
            outcome=Outcome.JOINED,
            disposition=disposition,
            classification=classification,
            thread=thread,
            ticket_id=thread.ticket.id,
            reasons=(thread.reason, *disposition.reasons, *_was_there(message)),
            silently=message.existing,
        )
        if not wants_ticket:
            return joined
        return _started(joined, message, classification, thread.ticket, policy, ledger)
    if not wants_ticket:
        return _recorded(message, disposition, classification, policy, ledger)
    acknowledge, silence = _may_answer(message, disposition, classification, policy, ledger)
    if thread.belonging is Belonging.REOPENS and thread.ticket is not None:
        ticket = thread.ticket
        ledger.note_reopened(ticket.id, silently=message.existing)
        return Reception(
            outcome=Outcome.REOPENED,
            disposition=disposition,
            classification=classification,
            thread=thread,
            ticket_id=ticket.id,
            due=due_again(
                ticket.request_type, ticket.service, message.received_at, policy.procedure
            ),
            acknowledge=acknowledge,
            silence=silence,
            reasons=(thread.reason, *_was_there(message)),
            silently=message.existing,
        )
    decided = triage(
        message, classification, procedure=policy.procedure, load=ledger.load(), now=now
    )
    if message.existing:
        decided = replace(decided, notes=(IMPORTED, *decided.notes))
    ticket_id = next(new_ids)
    ledger.note_opened(
        KnownTicket(
            id=ticket_id,
            number="",
            stage=Stage.NEW,
            closed_at=None,
            people=frozenset(),
            request_type=decided.request_type,
            service=decided.service,
            imported_silently=message.existing,
        ),
        decided.owner,
    )
    return Reception(
        outcome=Outcome.LINKED if thread.ticket is not None else Outcome.OPENED,
        disposition=disposition,
        classification=classification,
        thread=thread,
        ticket_id=ticket_id,
        triage=decided,
        acknowledge=acknowledge,
        silence=silence,
        reasons=(*((thread.reason,) if thread.reason else ()), *_was_there(message)),
        silently=message.existing,
    )


def _was_there(message: Message) -> tuple[str, ...]:
    return (WAS_THERE,) if message.existing else ()


def _recorded(
    message: Message,
    disposition: Disposition,
    classification: Classification,
    policy: Policy,
    ledger: Ledger,
) -> Reception:
    greets = message.aside is None and GREETING in classification.tags
    greeting = disposition.opens_ticket and greets
    acknowledge, silence = (
        _may_answer(message, disposition, classification, policy, ledger)
        if greeting
        else (False, "")
    )
    because = tuple(evidence.label for evidence in deciding(classification)[:MOST_REASONS])
    return Reception(
        outcome=Outcome.RECORDED,
        disposition=disposition,
        classification=classification,
        acknowledge=acknowledge,
        silence=silence,
        reasons=(*(disposition.reasons or because), *_was_there(message)),
        silently=message.existing,
    )


def _may_answer(
    message: Message,
    disposition: Disposition,
    classification: Classification,
    policy: Policy,
    ledger: Ledger,
) -> tuple[bool, str]:
    if message.existing:
        # It says so on the ticket already.
        return False, ""
    if message.answer_to is None:
        return False, "a mensagem não diz a quem responder"
    if not disposition.may_acknowledge:
        return False, "; ".join(disposition.reasons)
    if not classification.acknowledge:
        return False, "uma regra pede que não se confirme"
    refusal = policy.caps.refusal(ledger, message.answer_to.address)
    return (False, refusal) if refusal else (True, "")


def surroundings(policy: Policy, now: datetime) -> Surroundings:
    """What rules may ask of the world around a message that is decided `now`."""
    return Surroundings(
        own_domains=policy.own_domains,
        people=policy.procedure.roster.addresses(),
        business_hours=policy.procedure.calendar.is_open(now),
    )
