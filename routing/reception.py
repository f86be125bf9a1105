"""The whole decision on one message, from disposition to ticket, as a value."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from routing.aside import update_effects
from routing.commands.heeding import Unopened, follow
from routing.disposition import Disposition, Nature, dispose
from routing.ledger import Caps, Copy, Ledger
from routing.message import Address, Message
from routing.phone.opt_out import wish
from routing.rules.classification import Classification, Surroundings
from routing.rules.explanation import deciding
from routing.rules.ruleset import RuleSet
from routing.sla import DueTimes
from routing.threading import (
    NEW_AFTER,
    NO_THREAD,
    KnownTicket,
    Part,
    Team,
    Thread,
    ThreadMatch,
    find_thread,
    part_of,
    subject_tags,
)
from routing.triage import Procedure, Triage, due_again, triage
from routing.vocabulary import Authentication, Channel, Stage

MOST_REASONS = 3
"""The most rules named as reasons if a message opens no ticket: those with the most weight."""


PHONE = frozenset((Channel.WHATSAPP, Channel.SMS))
DELIBERATE = frozenset((Channel.APP, Channel.VOICE, Channel.MANUAL, Channel.CHAT))
"""Channels on which nobody writes only to say thanks: every message on them may open a ticket,
whatever the rules say."""


MOST_COPIED = 50
"""The most addresses in To and Cc of one message that are recorded."""
WAS_THERE = "já estava na caixa quando o serviço começou a lê-la: ninguém foi respondido"
IMPORTED = (
    "Importado do que já estava na caixa de correio quando o serviço começou a lê-la. O cliente "
    "não recebeu resposta; prazos e avisos só começam se ele escrever de novo."
)
"""The note on a ticket from mail that was in the mailbox before we first read it."""
STARTS = "primeira mensagem que chega em um chamado importado: os prazos contam a partir dela"

GREETING = "greeting"
"""The tag that the rules give a message that only greets."""


class Outcome(StrEnum):
    """What was done with a message."""

    OPENED = "opened"
    JOINED = "joined"
    REOPENED = "reopened"
    LINKED = "linked"
    """A ticket was opened and linked to another, which was closed too long ago to reopen or was
    cited by somebody who takes no part in it."""
    DUPLICATE = "duplicate"
    RECORDED = "recorded"
    """Stored without a ticket: automatic mail, a newsletter, a bare thanks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """One version of all settings by which messages are decided."""

    rules: RuleSet
    procedure: Procedure
    caps: Caps
    reopen: timedelta
    own_domains: frozenset[str]
    own_addresses: frozenset[str]
    new_after: timedelta = NEW_AFTER
    """Silence in a conversation after which a message no longer belongs to its latest ticket."""

    @property
    def team(self) -> Team:
        """The firm's own people: the roster's addresses and the firm's domains."""
        return Team(addresses=self.procedure.roster.addresses(), domains=self.own_domains)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reception:
    """The decision on one message."""

    outcome: Outcome
    disposition: Disposition
    classification: Classification | None = None
    thread: Thread = NO_THREAD
    ticket_id: int | None = None
    triage: Triage | None = None
    """Set if a new ticket is opened."""
    due: DueTimes | None = None
    """The new due times of a ticket that is reopened, or that was imported silently and whose
    client writes now."""
    silently: bool = False
    """The message was in the mailbox before we first read it: nobody is notified, nothing is
    promised."""
    acknowledge: bool = False
    """Whether the client gets a reply: that a ticket was opened or reopened, or a question."""
    recipient: Address | None = None
    """Who gets the reply; None: `Message.answer_to`. It is set so that a Reply-To cannot send what
    a ticket says to somebody who takes no part in it."""
    copied: tuple[str, ...] = ()
    """Addresses in To and Cc that may join the ticket from now on."""
    silence: str = ""
    """Why no acknowledgement is sent although one could be expected (pt-BR)."""
    reasons: tuple[str, ...] = ()
    """Why it was decided so, in pt-BR, for the store and for `intake` to show."""
    answer: str = ""
    """The answer in the chat to a line that opened no ticket (pt-BR)."""

    @property
    def is_bounce(self) -> bool:
        """True for a delivery report about a message of ours."""
        return self.disposition.nature is Nature.BOUNCE

    @property
    def is_strangers(self) -> bool:
        """True if a ticket was opened for somebody who cited another without taking part in it."""
        return self.thread.match_kind is ThreadMatch.CITES and self.outcome is Outcome.LINKED

    @property
    def is_folded(self) -> bool:
        """True if a ticket opened for strangers (`is_strangers`) received a further message."""
        return self.thread.match_kind is ThreadMatch.FOLDS and self.outcome is Outcome.JOINED


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
    """Decide on a message and record the decision in the ledger.

    `digest` is that of the message's content; `new_ids` yields the ids of new tickets.
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
    ledger.record_message(
        digest=digest,
        copy=Copy(source=source, message_id=message.message_id, ticket_id=reception.ticket_id),
        channel=message.channel,
    )
    _note_acknowledged(message, reception, ledger)
    if reception.ticket_id is not None and sender and disposition.opens_ticket:
        ledger.record_person(reception.ticket_id, sender)
        copied = _copied(message, reception, policy)
        ledger.record_copied(reception.ticket_id, copied)
        reception = replace(reception, copied=copied)
    if reception.ticket_id is not None and message.conversation:
        ledger.record_heard(message.conversation, reception.ticket_id, message.received_at)
    return reception


def _copied(message: Message, reception: Reception, policy: Policy) -> tuple[str, ...]:
    """The other recipients of a mail; none if its sender takes no part in the ticket."""
    if message.channel is not Channel.EMAIL or reception.is_folded:
        return ()
    if message.authentication is Authentication.FAIL:
        return ()
    sender = message.sender.address if message.sender else ""
    known = {sender, *policy.own_addresses}
    theirs = dict.fromkeys(
        each.address
        for each in message.recipients
        if each.address not in known and not policy.team.has(each.address)
    )
    return tuple(theirs)[:MOST_COPIED]


def _note_acknowledged(message: Message, reception: Reception, ledger: Ledger) -> None:
    told = reception.recipient or message.answer_to
    if reception.acknowledge and told is not None:
        ledger.record_answered(told.address)


def _duplicate(
    message: Message,
    disposition: Disposition,
    copy: Copy,
    policy: Policy,
    ledger: Ledger,
    now: datetime,
) -> Reception:
    """The decision on a copy of a message that was received before.

    Nothing is done, unless the first copy was imported silently and this one is new.
    """
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
    """Start the clock if a client sends a new message on a silently imported ticket.

    They never had an answer. They get one now, and from now on the ticket is like any other. In
    every other case `found` is returned unchanged.
    """
    theirs = message.sender is None or message.sender.domain not in policy.own_domains
    if not ticket.imported_silently or ticket.stage.is_closed or message.existing or not theirs:
        return found
    recipient = _taking_part(message, ticket, policy)
    acknowledge, silence = _may_answer(
        message, found.disposition, classification, policy, ledger, recipient
    )
    ledger.record_started(ticket.id)
    return replace(
        found,
        classification=classification,
        due=due_again(ticket.request_type, ticket.service, message.received_at, policy.procedure),
        acknowledge=acknowledge,
        recipient=recipient,
        silence=silence,
        reasons=(*found.reasons, STARTS),
    )


def _copy_of(message: Message, source: str, copies: list[Copy] | tuple[Copy, ...]) -> Copy | None:
    """The earlier copy of a mail that was delivered twice.

    Two mails in one mailbox with the same content and neither Message-ID nor date are no copies.
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
        by_reference=ledger.cited(message),
        by_tag=ledger.find(subject_tags(message.subject), ledger.by_number),
        by_conversation=ledger.find([message.conversation], ledger.by_conversation),
        team=policy.team,
        automatic=not disposition.opens_ticket,
        now=now,
        reopen=policy.reopen,
        new_after=policy.new_after,
    )
    asked_for = classification.opens_ticket or message.channel in DELIBERATE
    # A message that is only "SAIR" or "VOLTAR" changes an opt-out and opens no ticket.
    only_a_wish = message.channel in PHONE and wish(message.text) is not None
    bears = update_effects(message.aside)
    wants_ticket = disposition.opens_ticket and asked_for and bears.opens and not only_a_wish
    # In a conversation, a greeting after the ticket was closed begins another matter.
    anew = bool(message.conversation) and thread.match_kind is ThreadMatch.FOLLOWS
    kept_there = thread.match_kind is ThreadMatch.JOINS or (not wants_ticket and not anew)
    kept_there = kept_there or not bears.wakes
    if thread.match_kind is ThreadMatch.FOLDS:
        return _folded(message, disposition, classification, thread, policy, ledger)
    strange = thread.match_kind is ThreadMatch.CITES
    if thread.ticket is not None and kept_there and not strange:
        # Thanks or an automatic answer on a closed ticket join it without reopening it.
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
        recorded = _recorded(message, disposition, classification, policy, ledger)
        why = (thread.reason,) if strange else ()
        return replace(recorded, reasons=(*why, *recorded.reasons))
    if thread.match_kind is ThreadMatch.REOPENS and thread.ticket is not None:
        ticket = thread.ticket
        recipient = _taking_part(message, ticket, policy)
        acknowledge, silence = _may_answer(
            message, disposition, classification, policy, ledger, recipient
        )
        ledger.record_reopened(ticket.id, silently=message.existing)
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
            recipient=recipient,
            silence=silence,
            reasons=(thread.reason, *_was_there(message)),
            silently=message.existing,
        )
    acknowledge, silence = _may_answer(message, disposition, classification, policy, ledger)
    decided = triage(
        message, classification, procedure=policy.procedure, load=ledger.load(), now=now
    )
    if message.existing:
        decided = replace(decided, notes=(IMPORTED, *decided.notes))
    ticket_id = next(new_ids)
    ledger.record_opened(
        KnownTicket(
            id=ticket_id,
            number="",
            stage=Stage.NEW,
            closed_at=None,
            people=frozenset(),
            requester=decided.requester,
            for_strangers=strange,
            request_type=decided.request_type,
            service=decided.service,
            imported_silently=message.existing,
        ),
        decided.owner,
        cites=thread.ticket.id if strange and thread.ticket is not None else None,
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


def _folded(
    message: Message,
    disposition: Disposition,
    classification: Classification,
    thread: Thread,
    policy: Policy,
    ledger: Ledger,
) -> Reception:
    """Join the message to a ticket opened for strangers.

    A sender who has not written on that ticket yet is told its number, once.
    """
    assert thread.ticket is not None
    sender = message.sender.address if message.sender else ""
    acknowledge, silence = False, ""
    if part_of(sender, thread.ticket) not in (Part.REQUESTER, Part.PEOPLE):
        if not classification.opens_ticket:
            recorded = _recorded(message, disposition, classification, policy, ledger)
            return replace(recorded, reasons=(thread.reason, *recorded.reasons))
        acknowledge, silence = _may_answer(message, disposition, classification, policy, ledger)
    return Reception(
        outcome=Outcome.JOINED,
        disposition=disposition,
        classification=classification,
        thread=thread,
        ticket_id=thread.ticket.id,
        acknowledge=acknowledge,
        silence=silence,
        reasons=(thread.reason, *disposition.reasons, *_was_there(message)),
        silently=message.existing,
    )


def _taking_part(message: Message, ticket: KnownTicket, policy: Policy) -> Address | None:
    """Who may get an answer: Reply-To if it takes part in the ticket, else the sender."""
    asked = message.answer_to
    if asked is None or part_of(asked.address, ticket, policy.team) is not None:
        return asked
    return message.sender


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
    recipient: Address | None = None,
) -> tuple[bool, str]:
    if message.existing:
        # A note on the ticket says so already.
        return False, ""
    recipient = recipient or message.answer_to
    if recipient is None:
        return False, "a mensagem não diz a quem responder"
    if not disposition.may_acknowledge:
        return False, "; ".join(disposition.reasons)
    if not classification.acknowledge:
        return False, "uma regra pede que não se confirme"
    refusal = policy.caps.refusal(ledger, recipient.address)
    return (False, refusal) if refusal else (True, "")


def surroundings(policy: Policy, now: datetime) -> Surroundings:
    """What rules can test beside a message that is decided `now`."""
    return Surroundings(
        own_domains=policy.own_domains,
        people=policy.procedure.roster.addresses(),
        business_hours=policy.procedure.calendar.is_open(now),
    )
