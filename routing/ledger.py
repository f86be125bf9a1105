"""What is known while a batch of messages is decided: the journal's state, as values.

Decisions of the batch are written back here, so that the second message of a conversation sees
what became of the first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from routing.message import Message
from routing.roster import Load
from routing.threading import KnownTicket
from routing.vocabulary import Authentication, Stage


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """A message that was taken in before and has the same content."""

    source: str
    message_id: str
    ticket_id: int | None


@dataclass(kw_only=True, slots=True)
class Ledger:
    """The state that decisions need, loaded for one batch."""

    tickets: dict[int, KnownTicket] = field(default_factory=dict)
    by_message_id: dict[str, int] = field(default_factory=dict)
    """Message-IDs that we took in or made → ticket."""
    by_number: dict[str, int] = field(default_factory=dict)
    by_conversation: dict[str, int] = field(default_factory=dict)
    """Conversation → its latest ticket."""
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    """Content digest → messages that have it."""
    answered: Counter[str] = field(default_factory=Counter)
    """Acknowledgements of the last hour, by address."""
    answered_overall: int = 0
    open_tickets: Counter[str] = field(default_factory=Counter)
    """By owner."""
    client_tags: dict[str, frozenset[str]] = field(default_factory=dict)
    """Of who wrote, as the desk knew them when they wrote before."""
    last_assigned: dict[str, int] = field(default_factory=dict)
    """Grows with when each owner last got a ticket."""

    def load(self) -> Load:
        """The roster's view: how much each person has, and whose turn it was."""
        return Load(open_tickets=dict(self.open_tickets), last_assigned=dict(self.last_assigned))

    def find(self, keys: Iterable[str], index: Mapping[str, int]) -> list[KnownTicket]:
        """Tickets of those keys that are known, in the order of the keys."""
        ids = dict.fromkeys(index[key] for key in keys if key in index)
        return [self.tickets[i] for i in ids if i in self.tickets]

    def tags_of(self, message: Message) -> frozenset[str]:
        """The client's tags; none where anybody may have written in their name."""
        if message.sender is None or message.authentication is Authentication.FAIL:
            return frozenset()
        return self.client_tags.get(message.sender.address.lower(), frozenset())

    def note_message(self, *, digest: str, copy: Copy) -> None:
        """A message of this batch has been decided."""
        self.copies.setdefault(digest, []).append(copy)
        if copy.ticket_id is not None and copy.message_id:
            self.by_message_id.setdefault(copy.message_id, copy.ticket_id)

    def note_heard(self, conversation: str, ticket_id: int, at: datetime) -> None:
        """A person of this batch wrote, and it went to that ticket."""
        self.by_conversation[conversation] = ticket_id
        self.tickets[ticket_id] = replace(self.tickets[ticket_id], last_message_at=at)

    def note_opened(self, ticket: KnownTicket, owner: str | None) -> None:
        """A ticket of this batch has been opened."""
        self.tickets[ticket.id] = ticket
        if owner is not None:
            self.open_tickets[owner] += 1
            self.last_assigned[owner] = ticket.id

    def note_reopened(self, ticket_id: int, *, silently: bool = False) -> None:
        """A closed ticket of this batch is open again."""
        self.tickets[ticket_id] = replace(
            self.tickets[ticket_id],
            stage=Stage.NEW,
            closed_at=None,
            imported_silently=silently,
        )

    def note_started(self, ticket_id: int) -> None:
        """The client of a silently imported ticket has written."""
        self.tickets[ticket_id] = replace(self.tickets[ticket_id], imported_silently=False)

    def note_person(self, ticket_id: int, address: str) -> None:
        """Somebody wrote on a ticket and so is one of its people."""
        ticket = self.tickets[ticket_id]
        self.tickets[ticket_id] = replace(ticket, people=ticket.people | {address})

    def note_answered(self, address: str) -> None:
        """An acknowledgement of this batch is on its way."""
        self.answered[address] += 1
        self.answered_overall += 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Caps:
    """Most acknowledgements in any hour, against auto-reply wars."""

    per_address: int
    overall: int

    def refusal(self, ledger: Ledger, address: str) -> str:
        """Why this address gets no acknowledgement now (pt-BR), or the empty string."""
        if ledger.answered[address] >= self.per_address:
            return f"limite de {self.per_address} confirmações por hora para o mesmo endereço"
        if ledger.answered_overall >= self.overall:
            return f"limite geral de {self.overall} confirmações por hora"
        return ""


def hour_before(now: datetime) -> datetime:
    """The start of the window that `Caps` speaks of."""
    return datetime.fromtimestamp(now.timestamp() - 3600, tz=now.tzinfo)
