"""Short ways to write a mail and to read it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from intake.channels.email.reading.normalise import normalise
from intake.settings.mail import Mail
from routing.message import Message

RECEIVED_AT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
PLAIN = {
    "From": "Samara Vélez <dra.samara@exemplo.com.br>",
    "To": "suporte@r3izzy.com.br",
    "Subject": "Nota",
    "Message-ID": "<m1@exemplo.com.br>",
    "Date": "Tue, 24 Nov 2026 10:00:00 -0300",
}


def mail(body: str | bytes, headers: Mapping[str, str] | None = None, **more: str) -> bytes:
    """A mail of `body`, with PLAIN's headers; keyword names have `_` for `-`; "" leaves one out."""
    fields = {**PLAIN, **(headers or {}), **{k.replace("_", "-"): v for k, v in more.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    data = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return head.encode() + b"\r\n" + data


def read(raw: bytes, *, limits: Mail | None = None, **more: Any) -> Message:
    """`normalise` with everyday settings."""
    return normalise(raw, received_at=RECEIVED_AT, limits=limits or Mail(), **more)
