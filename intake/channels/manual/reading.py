"""Reads a request entered by hand into a `Message`."""

import json
from typing import Any

from intake.ports.manual_request import CAME_BY
from intake.ports.messages import StoredMessage
from intake.settings.mail import Mail
from routing.message import Address, Message
from routing.vocabulary import Channel


def read_manual(stored: StoredMessage, limits: Mail) -> Message:
    """Read a stored request into a `Message`."""
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
