"""The tags by which people at the desk filter tickets."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CHANNELS = {
    "email": "E-mail",
    "whatsapp": "WhatsApp",
    "sms": "SMS",
    "voice": "Telefone",
    "app": "Aplicativo",
    "chat": "Mensagens (/ticket)",
    "manual": "Manual",
}
"""Channel → its label at the desk."""


@dataclass(frozen=True, slots=True)
class DeskTag:
    """A tag: `key` never changes and can be used in an external id, `label` is what people read."""

    key: str
    label: str


def channel_tag(channel: str) -> DeskTag:
    """The tag of a channel, given by its stored name."""
    return DeskTag(f"channel_{channel}", CHANNELS.get(channel, channel))


def type_tag(request_type: str, label: str) -> DeskTag:
    """The tag of a request type; the SLA table has its label."""
    return DeskTag(f"type_{slug(request_type)}", label)


def level_tag(level: str) -> DeskTag:
    """The tag of a support level."""
    return DeskTag(f"level_{slug(level)}", level)


def rule_tags(tags: Iterable[str]) -> Iterator[DeskTag]:
    """The tags that the rules put on a ticket."""
    return (DeskTag(f"rule_{slug(tag)}", tag) for tag in tags)


def slug(words: str) -> str:
    """The words as lower-case ASCII letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_") or "x"
