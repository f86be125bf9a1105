"""What the daemon asks of a desk. Every call may be repeated and then changes nothing more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from intake.ports.desk_tags import DeskTag
from intake.ports.unavailable import Unavailable


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskTicket:
    """A ticket as the desk shall have it."""

    external_id: str
    """The same ticket, the same id: what makes creation repeatable."""
    number: str
    title: str
    description_html: str = field(repr=False)
    channel: str
    requester: str
    """An e-mail address, a telephone number in E.164, or nothing."""
    requester_name: str
    kind: str
    request_type: str
    service: str | None
    priority: str
    level: str
    owner: str | None
    stage: str
    tags: tuple[str, ...]
    missing: tuple[str, ...]
    received_at: datetime
    first_response_due: datetime
    resolution_due: datetime | None
    deadline: datetime | None = None
    """Set by the owner when scheduling."""
    client_ref: str | None = None
    """The desk's own id of a client that is put back, or that was looked up before the ticket was
    opened; None: nobody touches it."""
    trusted_sender: bool = True
    """False where the sender's domain says that the mail is not theirs (DMARC): then nobody is
    looked up by the address."""
    labels: tuple[DeskTag, ...] = ()
    """By which people filter: channel, request type, level, and the rules' own tags."""
    message: int | None = None
    """The journal's message that opened it: `DeskFiles` has its files."""
    attachments: int = 0
    """How many files came with that message."""
    ref: str | None = None
    """The desk's own id, where it has the ticket already."""
    url: str | None = None
    """What the desk gave with that id. From another desk it is another: a firm may have moved."""
    changed: frozenset[str] = frozenset()
    """Fields that we changed since the desk got them last. Where it has the ticket, only these are
    written: what people changed there stays."""

    @property
    def phone(self) -> str:
        """The requester's number in E.164 where that is how they reached us, else empty."""
        return "" if "@" in self.requester else self.requester


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskEntry:
    """Something said on a ticket. A `note` is internal and must never reach a client."""

    external_id: str
    ticket: str
    """The ticket's external id."""
    kind: str
    """`message` (from the client), `reply` (ours to the client) or `note` (internal)."""
    author: str
    """Of a message the sender's address, else how we call ourselves."""
    body_html: str = field(repr=False)
    author_name: str = ""
    trusted_author: bool = True
    """As `DeskTicket.trusted_sender`."""
    at: datetime | None = None
    message: int | None = None
    """The journal's message behind it, with its files."""
    attachments: int = 0
    file: int | None = None
    """Set where only one of them comes with it: that came too late for the message's own entry."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskFile:
    """A file that came with a message."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


class DeskFiles(Protocol):
    """The files of messages, read from the journal only when they are needed."""

    async def of(
        self, message: int, attachments: int, file: int | None = None
    ) -> Sequence[DeskFile]:
        """The message's attachments (`attachments`: how many there are) and, where settings want
        it, the mail as it came; of a `file` that came late, only that. Always the same files in
        the same order."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskRef:
    """Where the desk has a ticket."""

    ref: str
    """The desk's own id."""
    url: str | None = None
    """As people open it in a browser; None for a desk without pages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PutResult:
    """What became of the tickets, by external id."""

    refs: Mapping[str, DeskRef] = field(default_factory=dict)
    """Of the tickets that the desk now has."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Tickets of which the desk refuses something for good, and its own words. Nothing of such a
    ticket counts as carried; the same call later does what is still missing."""
    strangers: frozenset[str] = frozenset()
    """Logins that the desk does not know, or knows no longer, as far as it has been asked. Where
    one of them owns a ticket, the desk has that ticket without an owner."""
    client_tags: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Of who wrote (an address in lower case, or a number in E.164): what the desk's clients are
    filed under, as far as it was looked up now."""
    client_contacts: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """By external id: every mail address (lower case) that the desk lists for the ticket's client,
    as far as it was looked up now."""


class DeskUnavailable(Unavailable):
    """the desk does not answer; what it should get waits"""


class Desk(Protocol):
    """Odoo, the embedded desk, or memory."""

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        """Create or update tickets, then append entries, in their order.

        Every entry's ticket is among `tickets`. What the desk refuses does not hold up the rest.
        Raises DeskUnavailable, and then may have done a part; the same call again does the rest.
        """
        ...

    async def ping(self) -> None:
        """Whether it answers at all, by one cheap call. Raises DeskUnavailable where it does not.

        Tells a desk that is away from one that cannot take a certain ticket now.
        """
        ...

    async def check(self) -> str:
        """A line for `intake doctor`. Raises DeskUnavailable with what to do about it."""
        ...
