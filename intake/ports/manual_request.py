"""A request that a person wrote down, and the bytes in which it is stored."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from intake.ports.arrivals import Arrival
from routing.message import Address
from routing.vocabulary import Channel

CAME_BY: Mapping[str, str] = {
    "phone": "por telefone",
    "whatsapp": "por um WhatsApp pessoal",
    "in-person": "pessoalmente",
    "email": "por um e-mail pessoal",
    "other": "por outro meio",
}
"""How the request reached the person who wrote it down, in the words of the ticket."""
LONGEST_TEXT = 100_000
"""Characters. Nobody writes down more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ManualRequest:
    """What was asked, by whom, and who wrote it down."""

    text: str = field(repr=False)
    title: str = ""
    requester: Address | None = None
    """None if nobody knows how to reach the requester; the first level asks."""
    came_by: str = "other"
    by: str = ""
    """The login of the person who wrote it down."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Fields given in addition to the text: see `routing.stated`."""

    def arrival(self, at: datetime) -> Arrival:
        """The arrival that a listener would pass on. Each call makes a separate request."""
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
