"""To which ticket does a message belong? One conversation, one ticket.

Never by subject text alone: strangers write the same subjects.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.message import Message
from routing.vocabulary import UNCLASSIFIED, Authentication, Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownTicket:
    """What threading needs to know of a ticket that exists."""

    id: int
    number: str
    stage: Stage
    closed_at: datetime | None
    people: frozenset[str]
    """Addresses of those who may speak on it by naming its number."""
    request_type: str = UNCLASSIFIED
    service: str | None = None
    last_message_at: datetime | None = None
    """When its conversation was last heard of, where it has one (WhatsApp, SMS)."""
    imported_silently: bool = False
    """It came from what was in a mailbox before us, and its client has not written since."""


class Belonging(StrEnum):
    """What becomes of a message, with respect to tickets that exist."""

    NEW = "new"
    JOINS = "joined"
    REOPENS = "reopened"
    FOLLOWS = "linked"
    """A new ticket, linked to one that has been closed for too long to reopen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """The decision, the ticket it is about, and why (pt-BR)."""

    belonging: Belonging
    ticket: KnownTicket | None = None
    reason: str = ""


NO_THREAD = Thread(belonging=Belonging.NEW)
NEW_AFTER = timedelta(hours=72)
"""Silence after which a conversation's open ticket is left to itself."""

_TAG = re.compile(r"\[([^\[\]\s]{3,40})\]")


def subject_tags(subject: str) -> tuple[str, ...]:
    """What stands in square brackets in a subject and may be a ticket's number."""
    return tuple(_TAG.findall(subject[:1000]))


def referenced_ids(message: Message) -> tuple[str, ...]:
    """Message-IDs that the message answers, nearest first (RFC 5322, 3.6.4)."""
    report = (message.report.original_message_id,) if message.report else ()
    ids = (*report, *message.in_reply_to, *reversed(message.references))
    return tuple(dict.fromkeys(i for i in ids if i))


def find_thread(
    message: Message,
    *,
    by_reference: Iterable[KnownTicket],
    by_tag: Iterable[KnownTicket],
    by_conversation: Iterable[KnownTicket] = (),
    now: datetime,
    reopen: timedelta,
    new_after: timedelta = NEW_AFTER,
) -> Thread:
    """Decide where a message belongs.

    `by_reference` are the tickets of the Message-IDs that it answers, nearest first; `by_tag`
    those whose number stands in its subject. A tag counts only where the sender, and whoever an
    answer would go to, are among the ticket's people, and the sender is not known to be somebody
    else in their name: numbers can be guessed, and Reply-To can name anybody.

    `by_conversation` is the latest ticket of the person's conversation on this channel: while it
    is open, what they write belongs to it. After it is closed a new one opens, linked to it; after
    a silence of more than `new_after`, on both sides, one that has nothing to do with it.
    """
    for ticket in by_reference:
        return _belonging(ticket, now, reopen, "responde a uma mensagem deste chamado")
    writers = {one.address for one in (message.sender, message.answer_to) if one is not None}
    if message.authentication is Authentication.FAIL:
        return NO_THREAD
    for ticket in by_tag:
        if writers and writers <= ticket.people:
            return _belonging(
                ticket, now, reopen, "traz o número no assunto e vem de quem participa"
            )
    for ticket in by_conversation:
        heard = ticket.last_message_at
        if heard is None or message.received_at - heard > new_after:
            continue
        if ticket.stage.is_closed:
            reason = "continua a conversa de um chamado já encerrado"
            return Thread(belonging=Belonging.FOLLOWS, ticket=ticket, reason=reason)
        reason = "continua a conversa deste chamado"
        return Thread(belonging=Belonging.JOINS, ticket=ticket, reason=reason)
    return NO_THREAD


def _belonging(ticket: KnownTicket, now: datetime, reopen: timedelta, reason: str) -> Thread:
    if not ticket.stage.is_closed:
        belonging = Belonging.JOINS
    elif ticket.closed_at is None or now - ticket.closed_at <= reopen:
        belonging = Belonging.REOPENS
    else:
        belonging = Belonging.FOLLOWS
    return Thread(belonging=belonging, ticket=ticket, reason=reason)
