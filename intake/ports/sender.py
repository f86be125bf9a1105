"""The protocol by which replies are sent, and the possible outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from intake.ports.unavailable import Unavailable
from routing.vocabulary import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """A text that the provider has approved, with a value for each variable."""

    content_sid: str
    variables: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """What is known at the moment of sending. Never stored with the reply."""

    window_open: bool = True
    """Whether free text can be delivered now (routing/phone/window.py)."""
    template: Template | None = None
    """What may be sent if free text cannot."""
    begun_at: datetime | None = None
    """When an earlier attempt began that may have succeeded without our knowing; else None."""
    claimed: frozenset[str] = frozenset()
    """The provider's ids of our other replies to that recipient."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A reply as stored: everything that is needed to send it, even repeatedly."""

    message_id: str
    """With angle brackets. Made from the row, so that a repeated message is recognisable."""
    sender: str
    sender_name: str
    recipient: str
    recipient_name: str
    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    ticket_number: str = ""
    automatic: bool = True
    """True writes `Auto-Submitted: auto-replied` (RFC 3834)."""
    reply_to: str = ""
    """Where answers go; if empty, to `sender`."""
    channel: Channel = Channel.EMAIL
    """The channel by which it is sent; `recipient` is an address of that channel."""
    date: datetime | None = None
    """When the row was written, so that a repeated message is identical to the byte; None: now."""
    attempt: Attempt | None = None
    """For channels that need more than the row has."""
    link: str = ""
    """The ticket's URL at the desk. Known only at the time of sending, and never stored."""


class Outcome(StrEnum):
    """Sent, to be tried again later, or refused so that a person must look."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """The result of one attempt. `detail` is the server's own message, or the error's."""

    outcome: Outcome
    detail: str = ""
    provider_id: str = ""
    """The provider's id of the message, by which it reports later what became of it."""
    code: int = 0
    """The provider's error code."""
    doubtful: bool = False
    """With LATER: it may have been sent all the same. Check before trying again."""
    wait: timedelta = timedelta()
    """With LATER: wait at least this long."""


class Sender(Protocol):
    """SMTP, a Maildir, or memory."""

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Try once. Failures are returned as values; only cancellation and defects raise."""
        ...

    async def check(self) -> str:
        """Connect and log in without sending; returns a line for `intake doctor`.

        Raises OSError or SenderUnavailable with what to do about it.
        """
        ...

    async def close(self) -> None:
        """Close all connections. The sender can be used again afterwards."""
        ...


class SenderUnavailable(Unavailable):
    """the server that should take our replies cannot be used"""
