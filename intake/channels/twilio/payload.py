"""The form that Twilio posts for a message, as properties with defaults.

Source: Twilio, *Messaging webhooks: parameters in Twilio's request to your application*.
"""

import json
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from intake.content.phone_numbers import e164
from intake.ports.arrivals import NamedFile
from routing.aside import Aside
from routing.vocabulary import Channel

MOST_FIELDS = 300
MOST_MEDIA = 20
"""Maximum files that are read. Twilio sends at most ten."""
ASIDES: Mapping[str, Aside] = {
    "reaction": Aside.REACTION,
    **dict.fromkeys(("edit", "edited"), Aside.CORRECTION),
    **dict.fromkeys(("revoke", "revoked", "delete", "deleted"), Aside.DELETION),
}
"""Message updates by `MessageType`. Twilio does not document these; the words are WhatsApp's.

Source: Meta, *WhatsApp webhooks reference: reaction, edit, revoke*.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Payload:
    """The form of one message."""

    fields: Mapping[str, str] = field(repr=False)

    @property
    def sid(self) -> str:
        """The message's SID, the same in every repetition."""
        return self.get("MessageSid") or self.get("SmsMessageSid") or self.get("SmsSid")

    @property
    def aside(self) -> Aside | None:
        """The kind of message update; None for a message of its own."""
        return ASIDES.get(self.get("MessageType").lower())

    @property
    def about(self) -> str:
        """The SID of the message that it quotes or updates; empty if there is none."""
        return self.get("OriginalRepliedMessageSid") or (self.sid if self.aside else "")

    @property
    def name(self) -> str:
        """A unique key, the same only for a repetition of the same event.

        It is `sid`; an update of the message with that same `sid` adds the kind and a checksum.
        """
        if self.aside is None or self.about != self.sid:
            return self.sid
        return f"{self.sid}:{self.aside.value}:{zlib.crc32(self.get('Body').encode()):08x}"

    @property
    def account(self) -> str:
        """The SID of the account or subaccount that it belongs to."""
        return self.get("AccountSid")

    @property
    def channel(self) -> Channel:
        """WHATSAPP if the address begins with `whatsapp:`, else SMS."""
        return Channel.WHATSAPP if self.get("From").startswith("whatsapp:") else Channel.SMS

    @property
    def sender(self) -> str:
        """The sender's number in E.164; empty if it is withheld or is a name."""
        found = e164(self.get("From"))
        if not found and self.get("WaId"):
            found = e164("+" + self.get("WaId").lstrip("+"))
        return found

    @property
    def media(self) -> tuple[NamedFile, ...]:
        """The files that the form names, in order."""
        count = self.get("NumMedia")
        numbers = range(min(int(count[:4]), MOST_MEDIA) if count.isdecimal() else 0)
        return tuple(
            NamedFile(url=url, content_type=self.get(f"MediaContentType{number}"))
            for number in numbers
            if (url := self.get(f"MediaUrl{number}"))
        )

    def get(self, name: str) -> str:
        """A field without its surrounding space, or the empty string."""
        return self.fields.get(name, "").strip()


def pairs(body: bytes) -> list[tuple[str, str]]:
    """The form's fields in order, including empty ones.

    Raises ValueError if `body` is not a form or has more than MOST_FIELDS fields.
    """
    text = body.decode("utf-8", "replace")
    return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)


def json_pairs(body: bytes) -> list[tuple[str, str]]:
    """The string values of a JSON object, as form fields.

    Raises ValueError if `body` is not a JSON object or has more than MOST_FIELDS members.
    """
    try:
        found = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict) or len(found) > MOST_FIELDS:
        raise ValueError("no object")
    return [(name, value) for name, value in found.items() if isinstance(value, str)]


def payload(body: bytes) -> Payload:
    """The Payload of a form, or of JSON, which Twilio may post instead.

    Raises ValueError as `pairs` does.
    """
    found = _words(body)
    return Payload(fields={name: value.replace("\x00", "") for name, value in found})


def _words(body: bytes) -> list[tuple[str, str]]:
    if body.startswith(b"{"):
        with suppress(ValueError):
            return json_pairs(body)
    return pairs(body)
