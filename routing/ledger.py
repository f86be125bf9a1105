"""The ledger: the store's state that decisions on a batch of messages need, as values.

Decisions of the batch are recorded here, so that the second message of a conversation sees what
was decided on the first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from routing.message import Message
from routing.roster import Load
from routing.threading import VOUCHED, Cited, KnownTicket, referenced_ids
from routing.vocabulary import Authentication, Channel, Stage

Threads = dict[str, dict[int, bool]]
"""Message identifier → {ticket id: whether a message that we sent has it}, oldest ticket first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Copy:
    """A message with the same content that was received before."""

    source: str
    message_id: str
    ticket_id: int | None


@dataclass(kw_only=True, slots=True)
class Ledger:
    """The state that decisions on one batch need; it is updated while the batch is decided."""

    tickets: dict[int, KnownTicket] = field(default_factory=dict)
    by_message_id: Threads = field(default_factory=dict)
    """Message-IDs of mails that we received or sent (RFC 5322, 3.6.4). Identifiers of apps and of
    the desk are not Message-IDs and lead to no ticket."""
    by_provider_id: Threads = field(default_factory=dict)
    """The telephone provider's identifiers of messages and calls."""
    strangers: dict[int, int] = field(default_factory=dict)
    """Ticket id → id of the latest ticket that was opened for a stranger who cited it."""
    by_number: dict[str, int] = field(default_factory=dict)
    by_conversation: dict[str, int] = field(default_factory=dict)
    """Conversation → id of its latest ticket."""
    copies: dict[str, list[Copy]] = field(default_factory=dict)
    """Content digest → messages with that content."""
    answered: Counter[str] = field(default_factory=Counter)
    """Acknowledgements in the last hour, by address."""
    answered_overall: int = 0
    open_tickets: Counter[str] = field(default_factory=Counter)
    """Number of open tickets, by owner."""
    client_tags: dict[str, frozenset[str]] = field(default_factory=dict)
    """Address → the client's tags, as the desk had them when that person last wrote."""
    last_assigned: dict[str, int] = field(default_factory=dict)
    """Owner → a number that grows with the time of their last new ticket."""

    def load(self) -> Load:
        """What the roster needs: how many tickets each person has, and when they last got one."""
        return Load(open_tickets=dict(self.open_tickets), last_assigned=dict(self.last_assigned))

    def find(self, keys: Iterable[str], index: Mapping[str, int]) -> list[KnownTicket]:
        """The known tickets of these keys, in the order of the keys."""
        ids = dict.fromkeys(index[key] for key in keys if key in index)
        return [self.tickets[i] for i in ids if i in self.tickets]

    def cited(self, message: Message) -> list[Cited]:
        """The tickets that the message's references lead to, nearest first.

        An identifier leads to every ticket that has it, so nobody can hide another's ticket by
        choosing the same identifier.
        """
        index = self._threads(message.channel)
        found: dict[int, bool] = {}
        for identifier in referenced_ids(message):
            for ticket_id, ours in index.get(identifier, {}).items():
                found[ticket_id] = found.get(ticket_id, False) or ours
        return [
            Cited(
                ticket=self.tickets[ticket_id],
                ours=ours,
                strangers=self.tickets.get(self.strangers.get(ticket_id, 0)),
            )
            for ticket_id, ours in found.items()
            if ticket_id in self.tickets
        ]

    def _threads(self, channel: Channel) -> Threads:
        if channel is Channel.EMAIL:
            return self.by_message_id
        return self.by_provider_id if channel in VOUCHED else {}

    def tags_of(self, message: Message) -> frozenset[str]:
        """The client's tags; none if the sender's authentication failed."""
        if message.sender is None or message.authentication is Authentication.FAIL:
            return frozenset()
        return self.client_tags.get(message.sender.address.lower(), frozenset())

    def record_message(self, *, digest: str, copy: Copy, channel: Channel = Channel.EMAIL) -> None:
        """Record a message of this batch that has been decided."""
        self.copies.setdefault(digest, []).append(copy)
        if copy.ticket_id is not None and copy.message_id:
            tickets = self._threads(channel).setdefault(copy.message_id, {})
            tickets.setdefault(copy.ticket_id, False)

    def record_heard(self, conversation: str, ticket_id: int, at: datetime) -> None:
        """Record that a message of this conversation went to that ticket at that time."""
        self.by_conversation[conversation] = ticket_id
        self.tickets[ticket_id] = replace(self.tickets[ticket_id], last_message_at=at)

    def record_opened(
        self, ticket: KnownTicket, owner: str | None, *, cites: int | None = None
    ) -> None:
        """Record a ticket opened in this batch; `cites`: the ticket that a stranger cited."""
        self.tickets[ticket.id] = ticket
        if cites is not None:
            self.strangers[cites] = ticket.id
        if owner is not None:
            self.open_tickets[owner] += 1
            self.last_assigned[owner] = ticket.id

    def record_reopened(self, ticket_id: int, *, silently: bool = False) -> None:
        """Record that a closed ticket was reopened in this batch."""
        self.tickets[ticket_id] = replace(
            self.tickets[ticket_id],
            stage=Stage.NEW,
            closed_at=None,
            imported_silently=silently,
        )

    def record_started(self, ticket_id: int) -> None:
        """Record that the client of a silently imported ticket has written."""
        self.tickets[ticket_id] = replace(self.tickets[ticket_id], imported_silently=False)

    def record_person(self, ticket_id: int, address: str) -> None:
        """Record that somebody wrote on a ticket and so takes part in it."""
        ticket = self.tickets[ticket_id]
        self.tickets[ticket_id] = replace(ticket, people=ticket.people | {address})

    def record_copied(self, ticket_id: int, addresses: Iterable[str]) -> None:
        """Record addresses that a participant of the ticket copied."""
        ticket = self.tickets[ticket_id]
        self.tickets[ticket_id] = replace(ticket, copied=ticket.copied.union(addresses))

    def record_answered(self, address: str) -> None:
        """Record that an acknowledgement goes to this address."""
        self.answered[address] += 1
        self.answered_overall += 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Caps:
    """The most acknowledgements sent in any hour: protection against mail loops."""

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
    """The start of the hour that `Caps` counts."""
    return datetime.fromtimestamp(now.timestamp() - 3600, tz=now.tzinfo)
