"""The port through which replies leave, and what can come of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from intake.ports.unavailable import Unavailable
from routing.vocabulary import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """Words that a provider has approved beforehand, with what stands for each variable."""

    content_sid: str
    variables: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """What is known at the moment of sending; never stored with the reply."""

    window_open: bool = True
    """Whether free text arrives now (routing/phone/window.py)."""
    template: Template | None = None
    """What may be sent where it does not."""
    begun_at: datetime | None = None
    """Set where an earlier attempt, begun then, may have succeeded without our knowing."""
    claimed: frozenset[str] = frozenset()
    """What the provider calls other replies of ours to that person."""


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
    attempt: Attempt | None = None
    """For channels that ask for more than the row says."""
    link: str = ""
    """Where its ticket stands at the desk; known only when it is sent, and never stored."""


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
    code: int = 0
    """The provider's number for what was wrong."""
    doubtful: bool = False
    """With LATER: it may have been sent all the same. Whoever tries again has to ask first."""
    wait: timedelta = timedelta()
    """With LATER: at least so long."""


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


class SenderUnavailable(Unavailable):
    """the server that should take our replies cannot be used"""
