"""From stored bytes to a `Message`, by channel."""

from intake.journal.messages import StoredMessage
from intake.mail.normalise import normalise
from intake.settings.mail import Mail
from routing.message import Message, from_the_client
from routing.vocabulary import Channel


class ChannelUnknown(Exception):
    """no reader for messages of this channel"""


def read_message(stored: StoredMessage, limits: Mail, own_addresses: frozenset[str]) -> Message:
    """Normalise what a listener stored, from whoever it really is.

    Raises ChannelUnknown where no reader exists.
    """
    if stored.channel is not Channel.EMAIL:
        raise ChannelUnknown(stored.channel.value)
    message = normalise(
        stored.raw,
        received_at=stored.received_at,
        limits=limits,
        envelope_sender=stored.details.get("envelope_sender"),
        complete=stored.complete,
    )
    return from_the_client(message, own_addresses)
