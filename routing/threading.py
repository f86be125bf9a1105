"""Finds the ticket that a message belongs to: one conversation, one ticket.

The text of the subject is never enough: strangers write the same subjects. A Message-ID is never
enough either: whoever has seen a mail knows it. A mail joins a ticket by reference only if its
sender takes part in that ticket. Anybody else's mail opens a new ticket, linked to the cited one.
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
    """What threading needs to know about an existing ticket."""

    id: int
    number: str
    stage: Stage
    closed_at: datetime | None
    people: frozenset[str]
    """Addresses of everybody who wrote on it, and of everybody we wrote to."""
    requester: str = ""
    """The requester's address."""
    copied: frozenset[str] = frozenset()
    """Addresses in To and Cc of participants' mails. They may join; we do not write to them."""
    same_client: frozenset[str] = frozenset()
    """Those addresses of the ticket's client at the desk that matter for the current batch."""
    for_strangers: bool = False
    """True if it was opened for somebody who cited a ticket without taking part in it."""
    request_type: str = UNCLASSIFIED
    service: str | None = None
    last_message_at: datetime | None = None
    """When the last message of its conversation was received or sent, if it has one (WhatsApp,
    SMS)."""
    imported_silently: bool = False
    """True if it came from mail that was in a mailbox before we first read it, and its client has
    not written since."""


class ThreadMatch(StrEnum):
    """How a message relates to existing tickets."""

    NEW = "new"
    JOINS = "joined"
    REOPENS = "reopened"
    FOLLOWS = "linked"
    """A new ticket, linked to one that was closed too long ago to reopen."""
    CITES = "cited"
    """A new ticket, linked to one that its sender cites without taking part in it."""
    FOLDS = "folded"
    """As CITES, but such a ticket is open already: the message joins it."""


class Part(StrEnum):
    """As what somebody takes part in a ticket."""

    REQUESTER = "requester"
    PEOPLE = "people"
    COPIED = "copied"
    SAME_CLIENT = "same_client"
    STAFF = "staff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """The firm's own people: their addresses, and the firm's domains with all subdomains."""

    addresses: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    def has(self, address: str) -> bool:
        """Whether that address belongs to one of the firm's own people."""
        domain = address.rpartition("@")[2] if "@" in address else ""
        return address in self.addresses or any(
            domain == own or domain.endswith(f".{own}") for own in self.domains
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Cited:
    """A ticket that the message's references lead to."""

    ticket: KnownTicket
    ours: bool = False
    """Whether one of those references is to a message that we sent."""
    strangers: KnownTicket | None = None
    """The latest ticket that was opened for a stranger who cited this one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """The decision, the ticket it is about, and why (pt-BR)."""

    match_kind: ThreadMatch
    ticket: KnownTicket | None = None
    reason: str = ""


NO_THREAD = Thread(match_kind=ThreadMatch.NEW)
NEW_AFTER = timedelta(hours=72)
"""Silence in a conversation after which a message no longer belongs to its latest ticket."""

VOUCHED = frozenset((Channel.WHATSAPP, Channel.SMS, Channel.VOICE))
"""Channels on which the provider says what a message answers: the sender cannot forge it."""
_TAG = re.compile(r"\[([^\[\]\s]{3,40})\]")


def subject_tags(subject: str) -> tuple[str, ...]:
    """The texts in square brackets in a subject: each may be a ticket's number."""
    return tuple(_TAG.findall(subject[:1000]))


def referenced_ids(message: Message) -> tuple[str, ...]:
    """Ids of the messages that the message answers, nearest first (RFC 5322, 3.6.4)."""
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
    """As what an address takes part in a ticket; None for a stranger.

    Addresses are compared exactly; only the team's also match by domain.
    """
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
    """Decide which ticket a message belongs to.

    `by_reference`: the tickets of the messages that it answers, nearest first. It belongs to the
    nearest ticket in which its sender takes part. A sender who takes part in none of them gets a
    new ticket, linked to the nearest. A message that a program sent (`automatic`: a bounce, an
    absence notice) may come from any address: it belongs to the ticket of our mail that it answers.

    `by_tag`: the tickets whose number is in its subject. The number counts only if both the sender
    and the Reply-To address take part in the ticket: numbers can be guessed, and Reply-To can name
    anybody. If the sender's authentication failed, nothing that depends on the sender counts.

    `by_conversation`: the latest ticket of the person's conversation on this channel. While it is
    open, their messages belong to it. After it is closed, a message opens a new ticket linked to
    it. After a silence of more than `new_after` on both sides, a message opens an unrelated ticket.

    A closed ticket is reopened up to `reopen` after it was closed.
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
    """Why the message joins the cited ticket (pt-BR), or the empty string if it does not."""
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
    """The decision for a message that joins no ticket.

    All strangers who cite the same ticket share one ticket.
    """
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
