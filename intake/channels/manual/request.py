"""A request as a person wrote it down: the bytes that are stored, and back to a `Message`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from intake.ports.arrivals import Arrival
from intake.settings.mail import Mail
from intake.store.messages import StoredMessage
from routing.message import Address, Message
from routing.vocabulary import Channel

CAME_BY: Mapping[str, str] = {
    "phone": "por telefone",
    "whatsapp": "por um WhatsApp pessoal",
    "in-person": "pessoalmente",
    "email": "por um e-mail pessoal",
    "other": "por outro meio",
}
"""How it reached whoever wrote it down, in the words of the ticket."""
LONGEST_TEXT = 100_000
"""Characters; nobody writes down more."""

_NAMED = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>]+)>")


class RequesterUnreadable(ValueError):
    """neither an e-mail address nor a telephone number"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ManualRequest:
    """What was asked, by whom, and who wrote it down."""

    text: str = field(repr=False)
    title: str = ""
    requester: Address | None = None
    """None where nobody knows how to reach them: the first level asks."""
    came_by: str = "other"
    by: str = ""
    """The login of who wrote it down."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What was said beside the text: see `routing.stated`."""

    def arrival(self, at: datetime) -> Arrival:
        """As a listener would hand it over. Each call is a request of its own."""
        body: dict[str, Any] = {
            "text": self.text,
            "title": self.title,
            "came_by": self.came_by,
            "by": self.by,
            "fields": dict(self.fields),
        }
        if self.requester is not None:
            body["requester"] = {
                "address": self.requester.address,
                "name": self.requester.name,
            }
        return Arrival(
            source="manual",
            key=f"manual:{uuid4()}",
            channel=Channel.MANUAL,
            received_at=at,
            raw=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
        )


def read_manual(stored: StoredMessage, limits: Mail) -> Message:
    """Back from the journal's bytes."""
    body: dict[str, Any] = json.loads(stored.raw)
    requester = body.get("requester")
    return Message(
        channel=Channel.MANUAL,
        received_at=stored.received_at,
        sender=Address(**requester) if requester else None,
        subject=body["title"],
        text=body["text"],
        fields=body["fields"],
        notices=(_written_down(body["came_by"], body["by"]),),
    )


def _written_down(came_by: str, by: str) -> str:
    who = f" por {by}" if by else ""
    return f"Chamado aberto à mão{who}; o pedido chegou {CAME_BY[came_by]}."


def requester(written: str) -> tuple[str, str]:
    """`Bia <bia@x.com.br>`, `Bia / (11) 98765-4321` or either part alone: the name, the address.

    The address is an e-mail address in lower case or a number in E.164, the other part may be
    empty. Raises RequesterUnreadable where an address is written and is neither.
    """
    words = " ".join(written.split())
    named = _NAMED.fullmatch(words)
    if named is not None:
        return named["name"].strip("\" '"), address(named["address"])
    name, slash, rest = words.rpartition("/")
    if slash:
        return name.strip(), address(rest)
    if "@" in words or any(sign.isdigit() for sign in words):
        return "", address(words)
    return words, ""


def address(written: str) -> str:
    """An e-mail address in lower case, or a telephone number in E.164."""
    # The tables of all countries' numbers are loaded only where somebody writes one.
    from intake.content.phone_numbers import e164

    bare = written.strip()
    if re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", bare):
        return bare.lower()
    number = "" if "@" in bare else e164(bare)
    if not number:
        raise RequesterUnreadable(
            f"{bare!r} is neither an e-mail address nor a telephone number; "
            "write for instance 'Bia Souza <bia@exemplo.com.br>' or 'Bia / (11) 98765-4321'"
        )
    return number
