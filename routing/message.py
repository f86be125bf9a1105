"""One message from a client, in the form that all channels share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from routing.aside import Aside
from routing.commands.command import Line
from routing.vocabulary import Authentication, Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A person's address: a lower-case e-mail address, or a telephone number in E.164."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """The part after the last `@`; empty for a telephone number."""
        return self.address.rpartition("@")[2] if "@" in self.address else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file that came with a message. `name` is safe to use as a file name."""

    name: str
    content_type: str
    """Detected from the content if possible, else as declared."""
    content: bytes = field(repr=False)
    inline: bool = False
    content_id: str = ""

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryReport:
    """What a bounce says (RFC 3464): which message of ours failed, for whom and why."""

    original_message_id: str = ""
    recipients: tuple[str, ...] = ()
    status: str = ""
    """The enhanced status code, `5.1.1` for instance."""
    action: str = ""
    """`failed`, `delayed`, `delivered`, `relayed` or `expanded`; empty if not given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What a client wrote, ready to be routed.

    `text` holds only the new text; earlier mail is in `quoted`, the signature in `signature`.
    `html` is sanitised and safe to show. `notices` says in pt-BR, in whole sentences, what could
    not be kept or read ("O anexo … passou do limite de 25 MB e não foi guardado.").
    """

    channel: Channel
    received_at: datetime
    sender: Address | None = None
    reply_to: Address | None = None
    recipients: tuple[Address, ...] = ()
    subject: str = ""
    text: str = ""
    quoted: str = ""
    signature: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case and decoded values, in the order of the mail."""
    conversation: str = ""
    """On channels that have conversations, for instance `whatsapp:+551187654321`; else empty."""
    message_id: str = ""
    """The Message-ID with its angle brackets, or the telephone provider's id; empty if none."""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    envelope_sender: str | None = None
    """Return-Path: None if unknown, the empty string for the null sender `<>`."""
    authentication: Authentication = Authentication.NONE
    report: DeliveryReport | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Fields given beside the text (see `routing.stated`): `service`, `event`, `client`, …"""
    notices: tuple[str, ...] = ()
    aside: Aside | None = None
    """The kind of message update, if it is one; `in_reply_to` then names the message it is
    about."""
    command: Line | None = None
    """On the chat channel: what the line asks for."""
    room: str = ""
    """On the chat channel: the chat in which the line was written and the answer is expected."""
    existing: bool = False
    """True if it was in the mailbox before we first read it. It is never answered."""

    def __post_init__(self) -> None:
        if self.received_at.tzinfo is None:
            raise ValueError("received_at must carry a time zone")

    def header(self, name: str) -> str:
        """The first header of that name (any case), or the empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), "")

    @property
    def answer_to(self) -> Address | None:
        """The address for an answer: Reply-To if present, else the sender."""
        return self.reply_to or self.sender


def from_the_client(message: Message, own_addresses: frozenset[str]) -> Message:
    """Make the client the sender of a message from a form on the firm's site.

    Such a form sends in the firm's name, with the client in Reply-To. Every other message is
    returned unchanged.
    """
    sender, client = message.sender, message.reply_to
    if sender is None or client is None or sender.address not in own_addresses:
        return message
    return message if client.address in own_addresses else replace(message, sender=client)
