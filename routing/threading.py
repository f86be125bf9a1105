"""To which ticket does a message belong? One conversation, one ticket.

Never by subject text alone: strangers write the same subjects. And never by a Message-ID alone:
whoever has seen a mail knows it. A mail joins by reference only where its sender takes part in the
ticket; anybody else's opens a ticket of its own, linked to the one that it cites.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.message import Message
from routing.vocabulary import UNCLASSIFIED, Authentication, Channel, Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownTicket:
    """What threading needs to know of a ticket that exists."""

    id: int
    number: str
    stage: Stage
    closed_at: datetime | None
    people: frozenset[str]
    """Addresses of those who wrote on it, and of those whom we wrote to."""
    requester: str = ""
    """The address of who asked for it."""
    copied: frozenset[str] = frozenset()
    """Addresses in To and Cc of mails of those who take part. They may join; nobody tells them."""
    same_client: frozenset[str] = frozenset()
    """Addresses that the desk lists for the ticket's client, as far as they matter here."""
    for_strangers: bool = False
    """True where it was opened for somebody who cited a ticket without taking part in it."""
    request_type: str = UNCLASSIFIED
    service: str | None = None
    last_message_at: datetime | None = None
    """When its conversation was last heard of, where it has one (WhatsApp, SMS)."""
    imported_silently: bool = False
    """It came from what was in a mailbox before us, and its client has not written since."""


class ThreadMatch(StrEnum):
    """What becomes of a message, with respect to tickets that exist."""

    NEW = "new"
    JOINS = "joined"
    REOPENS = "reopened"
    FOLLOWS = "linked"
    """A new ticket, linked to one that has been closed for too long to reopen."""
    CITES = "cited"
    """A new ticket, linked to one that its sender cites without taking part in it."""
    FOLDS = "folded"
    """The same, where such a ticket is open already: it takes the message in."""


class Part(StrEnum):
    """Why somebody may speak on a ticket."""

    REQUESTER = "requester"
    PEOPLE = "people"
    COPIED = "copied"
    SAME_CLIENT = "same_client"
    STAFF = "staff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """The firm's own people: their addresses, and domains that are the firm's with all below."""

    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def has(self, address: str) -> bool:
        """Whether that mail address is one of the firm's people's."""
        domain = address.rpartition("@")[2] if "@" in address else ""
        return address in self.addresses or any(
            domain == own or domain.endswith(f".{own}") for own in self.domains
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Cited:
    """A ticket to which an identifier in the message's references leads."""

    ticket: KnownTicket
    ours: bool = False
    """Whether one of those identifiers is of a mail that we sent."""
    strangers: KnownTicket | None = None
    """The latest ticket that was opened for strangers who cited this one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """The decision, the ticket it is about, and why (pt-BR)."""

    match_kind: ThreadMatch
    ticket: KnownTicket | None = None
    reason: str = ""


NO_THREAD = Thread(match_kind=ThreadMatch.NEW)
NEW_AFTER = timedelta(hours=72)
"""Silence after which a conversation's open ticket is left to itself."""

VOUCHED = frozenset((Channel.WHATSAPP, Channel.SMS, Channel.VOICE))
"""Channels on which the provider says what a message answers: whoever writes cannot choose it."""
_TAG = re.compile(r"\[([^\[\]\s]{3,40})\]")


def subject_tags(subject: str) -> tuple[str, ...]:
    """What stands in square brackets in a subject and may be a ticket's number."""
    return tuple(_TAG.findall(subject[:1000]))


def referenced_ids(message: Message) -> tuple[str, ...]:
    """Message-IDs that the message answers, nearest first (RFC 5322, 3.6.4)."""
    report = (message.report.original_message_id,) if message.report else ()
    ids = (*report, *message.in_reply_to, *reversed(message.references))
    return tuple(dict.fromkeys(i for i in ids if i))


NOBODY = Team()
_PARTS: Mapping[Part, str] = {
    Part.REQUESTER: "é quem pediu",
    Part.PEOPLE: "já participa dele",
    Part.COPIED: "estava em cópia",
    Part.SAME_CLIENT: "é do mesmo cliente, segundo o Odoo",
    Part.STAFF: "é da equipe",
}
_BY_REFERENCE = "responde a uma mensagem deste chamado"
_BY_TAG = "traz o número no assunto e vem de quem participa"
_AUTOMATIC = "é automática e responde a uma mensagem nossa deste chamado"
_STRANGER = "cita o chamado {number}, mas quem escreve não participa dele"
_FORGED = "cita o chamado {number}, mas o domínio do remetente diz que a mensagem não é dele"
_FOLDED = "{why}; junta-se ao chamado que já está aberto para isso"


def part_of(address: str, ticket: KnownTicket, team: Team = NOBODY) -> Part | None:
    """As what that address takes part in a ticket; None for a stranger. Exact addresses only."""
    if not address:
        return None
    for part, has_it in (
        (Part.REQUESTER, address == ticket.requester),
        (Part.PEOPLE, address in ticket.people),
        (Part.COPIED, address in ticket.copied),
        (Part.SAME_CLIENT, address in ticket.same_client),
        (Part.STAFF, team.has(address)),
    ):
        if has_it:
            return part
    return None


def find_thread(
    message: Message,
    *,
    by_reference: Iterable[Cited],
    by_tag: Iterable[KnownTicket],
    by_conversation: Iterable[KnownTicket] = (),
    team: Team = NOBODY,
    automatic: bool = False,
    now: datetime,
    reopen: timedelta,
    new_after: timedelta = NEW_AFTER,
) -> Thread:
    """Decide where a message belongs.

    `by_reference` are the tickets of the Message-IDs that it answers, nearest first. The nearest in
    which the sender takes part counts; whoever takes part in none of them gets a ticket of their
    own, linked to the nearest. What a program sent (`automatic`: a bounce, an absence) comes from
    anybody, and belongs where the mail of ours belongs that it answers.

    `by_tag` are those whose number stands in its subject. That counts only where the sender, and
    whoever an answer would go to, take part in the ticket: numbers can be guessed, and Reply-To can
    name anybody. Nothing counts of a sender who is known to be somebody else in their name.

    `by_conversation` is the latest ticket of the person's conversation on this channel: while it
    is open, what they write belongs to it. After it is closed a new one opens, linked to it; after
    a silence of more than `new_after`, on both sides, one that has nothing to do with it.
    """
    cited = tuple(by_reference)
    for one in cited:
        reason = _why_it_joins(message, one, team, automatic=automatic)
        if reason:
            return _belonging(one.ticket, now, reopen, reason)
    if message.authentication is Authentication.FAIL:
        return _apart(message, cited, now, reopen, automatic=automatic)
    writers = {one.address for one in (message.sender, message.answer_to) if one is not None}
    for ticket in by_tag:
        if writers and all(part_of(each, ticket) is not None for each in writers):
            return _belonging(ticket, now, reopen, _BY_TAG)
    for ticket in by_conversation:
        heard = ticket.last_message_at
        if heard is None or message.received_at - heard > new_after:
            continue
        if ticket.stage.is_closed:
            reason = "continua a conversa de um chamado já encerrado"
            return Thread(match_kind=ThreadMatch.FOLLOWS, ticket=ticket, reason=reason)
        reason = "continua a conversa deste chamado"
        return Thread(match_kind=ThreadMatch.JOINS, ticket=ticket, reason=reason)
    return _apart(message, cited, now, reopen, automatic=automatic)


def _why_it_joins(message: Message, cited: Cited, team: Team, *, automatic: bool) -> str:
    """In pt-BR; empty where it does not."""
    if message.channel in VOUCHED:
        return _BY_REFERENCE
    if automatic and cited.ours:
        return _AUTOMATIC
    if message.sender is None or message.authentication is Authentication.FAIL:
        return ""
    part = part_of(message.sender.address, cited.ticket, team)
    return f"{_BY_REFERENCE}, e quem escreve {_PARTS[part]}" if part else ""


def _apart(
    message: Message,
    cited: tuple[Cited, ...],
    now: datetime,
    reopen: timedelta,
    *,
    automatic: bool,
) -> Thread:
    """Of somebody who takes part in no ticket that they cite: one ticket for all who cite it."""
    if not cited or automatic:
        return NO_THREAD
    nearest = cited[0]
    forged = message.authentication is Authentication.FAIL
    reason = (_FORGED if forged else _STRANGER).format(number=nearest.ticket.number)
    own = nearest.ticket if nearest.ticket.for_strangers else None
    for ticket in (own, nearest.strangers):
        if ticket is None:
            continue
        if not ticket.stage.is_closed:
            words = _FOLDED.format(why=reason)
            return Thread(match_kind=ThreadMatch.FOLDS, ticket=ticket, reason=words)
        sender = message.sender.address if message.sender and not forged else ""
        if part_of(sender, ticket) is not None:
            again = _belonging(ticket, now, reopen, _FOLDED.format(why=reason))
            if again.match_kind is ThreadMatch.REOPENS:
                return again
    return Thread(match_kind=ThreadMatch.CITES, ticket=nearest.ticket, reason=reason)


def _belonging(ticket: KnownTicket, now: datetime, reopen: timedelta, reason: str) -> Thread:
    if not ticket.stage.is_closed:
        match_kind = ThreadMatch.JOINS
    elif ticket.closed_at is None or now - ticket.closed_at <= reopen:
        match_kind = ThreadMatch.REOPENS
    else:
        match_kind = ThreadMatch.FOLLOWS
    return Thread(match_kind=match_kind, ticket=ticket, reason=reason)
