"""The port through which replies leave, and what can come of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from routing.vocabulary import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """A reply as its row in the journal has it: all that is needed to send it, again if need be."""

    message_id: str
    """With angle brackets; made from the row, so a repeated one is recognisable."""
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
    """Where answers go; empty: to `sender`."""
    channel: Channel = Channel.EMAIL
    """By which it goes; `recipient` is an address of that channel."""
    date: datetime | None = None
    """When the row was written, so that a repeated message is the same to the byte; None: now."""


class Outcome(StrEnum):
    """Three, not twenty: done, try later, a person must look."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What became of one attempt. `detail` is the server's own words, or the error's."""

    outcome: Outcome
    detail: str = ""
    provider_id: str = ""
    """What a provider calls the message, by which it tells later what became of it."""


class Sender(Protocol):
    """SMTP, a Maildir, or memory."""

    async def send(self, outgoing: Outgoing) -> Delivery:
        """Try once. Failures are values here; only cancellation and defects raise."""
        ...

    async def check(self) -> str:
        """Connect and log in without sending; a line for `intake doctor`. Raises OSError or
        SenderUnavailable with what to do about it."""
        ...

    async def close(self) -> None:
        """Let go of connections. The sender can be used again afterwards."""
        ...


class SenderUnavailable(Exception):
    """the server that should take our replies cannot be used"""
