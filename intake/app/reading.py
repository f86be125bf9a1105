"""Turn stored bytes into a `Message`, by channel."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from intake.channels.email.reading.mail_path import read_path
from intake.channels.email.reading.normalise import normalise
from intake.channels.email.reading.quoting import Split, split
from intake.channels.manual.reading import read_manual
from intake.ports.mail_path import MailPath
from intake.ports.messages import ChannelUnknown, StoredMessage
from intake.settings.mail import Mail
from routing.message import Message, from_the_client
from routing.vocabulary import Channel

Reader = Callable[[StoredMessage, Mail], Message]


def read_mail(stored: StoredMessage, limits: Mail) -> Message:
    """Read a mail as received (RFC 5322)."""
    message = normalise(
        stored.raw,
        received_at=stored.received_at,
        limits=limits,
        envelope_sender=stored.details.get("envelope_sender"),
        complete=stored.complete,
    )
    return replace(message, existing=True) if stored.details.get("existing") else message


def read_mail_file(raw: bytes, limits: Mail, own_addresses: frozenset[str]) -> Message:
    """Read a mail from a file, as if it had just been received."""
    message = normalise(raw, received_at=datetime.now(UTC), limits=limits)
    return from_the_client(message, own_addresses)


def path_of_mail(raw: bytes) -> MailPath:
    """Which servers a mail from a file went through."""
    return read_path(raw)


def split_text(text: str) -> Split:
    """Split a plain text into what its writer says now, what they quote, and their signature."""
    return split(text)


def read_telephone(stored: StoredMessage, limits: Mail) -> Message:
    """Read a message from Twilio. The reader is imported only when needed."""
    from intake.channels.twilio.text import read_text

    return read_text(stored, limits)


def read_voice(stored: StoredMessage, limits: Mail) -> Message:
    """Read a call from Twilio. The reader is imported only when needed."""
    from intake.channels.twilio.call import read_call

    return read_call(stored, limits)


def read_request(stored: StoredMessage, limits: Mail) -> Message:
    """Read a request of an app. The reader is imported only when needed."""
    from intake.channels.apps.reading import read_app

    return read_app(stored, limits)


def read_command(stored: StoredMessage, limits: Mail) -> Message:
    """Read a line of the chat. The reader is imported only when needed."""
    from intake.channels.discuss.line import read_chat

    return read_chat(stored, limits)


READERS: Mapping[Channel, Reader] = {
    Channel.EMAIL: read_mail,
    Channel.WHATSAPP: read_telephone,
    Channel.SMS: read_telephone,
    Channel.VOICE: read_voice,
    Channel.MANUAL: read_manual,
    Channel.APP: read_request,
    Channel.CHAT: read_command,
}


def read_message(stored: StoredMessage, limits: Mail, own_addresses: frozenset[str]) -> Message:
    """Read a stored message. If it comes from one of our own addresses, its Reply-To is the sender.

    Raises ChannelUnknown if the channel has no reader.
    """
    reader = READERS.get(stored.channel)
    if reader is None:
        raise ChannelUnknown(stored.channel.value)
    return from_the_client(reader(stored, limits), own_addresses)
