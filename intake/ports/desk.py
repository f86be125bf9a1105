"""The protocol of a desk. Repeating a call changes nothing more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from intake.ports.desk_tags import DeskTag
from intake.ports.unavailable import Unavailable


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskTicket:
    """A ticket as the desk should have it."""

    external_id: str
    """Always the same for the same ticket, so that creating it can be repeated."""
    number: str
    title: str
    description_html: str = field(repr=False)
    channel: str
    requester: str
    """An e-mail address, a telephone number in E.164, or empty."""
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
    """The desk's own id of the client, if it is restored or was looked up before the ticket was
    opened; None leaves the client alone.
    """
    trusted_sender: bool = True
    """False if DMARC says that the mail does not come from the sender's domain. Then no client is
    looked up by the address.
    """
    labels: tuple[DeskTag, ...] = ()
    """Tags to filter by: channel, request type, level, and the rules' own tags."""
    message: int | None = None
    """Id of the stored message that opened it, under which `DeskFiles` has its files."""
    attachments: int = 0
    """Number of files that came with that message."""
    ref: str | None = None
    """The desk's own id, if it already has the ticket."""
    url: str | None = None
    """The URL that the desk gave with that id. Another desk gives another one: the desk may have
    been replaced.
    """
    changed: frozenset[str] = frozenset()
    """Fields that we changed since the last sync. If the desk has the ticket, only these are
    written, so that what people changed there stays.
    """

    @property
    def phone(self) -> str:
        """The requester's number in E.164 if they reached us by telephone, else empty."""
        return "" if "@" in self.requester else self.requester


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskEntry:
    """An entry on a ticket. A `note` is internal and must never reach a client."""

    external_id: str
    ticket: str
    """The ticket's external id."""
    kind: str
    """`message` (from the client), `reply` (ours to the client) or `note` (internal)."""
    author: str
    """The sender's address for a message, else the name we use for ourselves."""
    body_html: str = field(repr=False)
    author_name: str = ""
    trusted_author: bool = True
    """Like `DeskTicket.trusted_sender`."""
    at: datetime | None = None
    message: int | None = None
    """Id of the stored message behind it, which has its files."""
    attachments: int = 0
    file: int | None = None
    """Position of the only file that comes with it, if that came too late for the message's own
    entry.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskFile:
    """A file that came with a message."""

    name: str
    content_type: str
    content: bytes = field(repr=False)


class DeskFiles(Protocol):
    """Loads the files of messages from the store only when they are needed."""

    async def of(
        self, message: int, attachments: int, file: int | None = None
    ) -> Sequence[DeskFile]:
        """The message's files, always the same ones in the same order.

        `attachments` is their number. If the settings want it, the mail itself is added. With
        `file`, only that late file is returned.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskRef:
    """Where the desk has a ticket."""

    ref: str
    """The desk's own id."""
    url: str | None = None
    """The page that people open in a browser; None for a desk without pages."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PutResult:
    """What became of the tickets, by external id."""

    refs: Mapping[str, DeskRef] = field(default_factory=dict)
    """Tickets that the desk now has."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Tickets that the desk refuses for good, wholly or in part, with its own message. Nothing of
    such a ticket counts as synced. Repeating the call later does what is still missing.
    """
    strangers: frozenset[str] = frozenset()
    """Logins that the desk does not know (any more), as far as it was asked. A ticket owned by one
    of them is at the desk without an owner.
    """
    client_tags: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Tags of the desk's client by sender (an address in lower case, or a number in E.164), as far
    as they were looked up now.
    """
    client_contacts: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """Every mail address (lower case) that the desk lists for the ticket's client, by external id,
    as far as they were looked up now.
    """


class DeskUnavailable(Unavailable):
    """the desk does not answer; what it should get waits"""


class Desk(Protocol):
    """Odoo, the embedded desk, or the one in memory."""

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        """Create or update tickets, then append entries, in their order.

        Every entry's ticket is among `tickets`. What the desk refuses does not hold up the rest.
        Raises DeskUnavailable, perhaps with a part done; repeating the call does the rest.
        """
        ...

    async def ping(self) -> None:
        """Check by one cheap call whether the desk answers at all. Raises DeskUnavailable if not.

        This tells an unreachable desk from one that cannot take a certain ticket now.
        """
        ...

    async def check(self) -> str:
        """A line for `intake doctor`. Raises DeskUnavailable with what to do about it."""
        ...
