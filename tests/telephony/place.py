"""An office whose clock is set by hand, with an account at Twilio, and messages as Twilio posts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from intake.app.opening import Application, opened
from intake.channels.twilio.payload import payload
from intake.channels.twilio.webhooks import arrival
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import settings

ACCOUNT = "AC" + "0" * 32
TOKEN = "not-a-real-token"
TOKEN_PLACE = "TEST_TWILIO_TOKEN"
PUBLIC = "https://desk.example.com"
BIA = "whatsapp:+5511987654321"
STARTS = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = STARTS

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def twilio(**more: Any) -> dict[str, Any]:
    return {
        "account_sid": ACCOUNT,
        "auth_token": {"env": TOKEN_PLACE},
        "public_url": PUBLIC,
        "whatsapp_from": "+5511400041111",
        **more,
    }


@asynccontextmanager
async def telephone_application(
    database: Database, clock: Clock, sender: MemorySender, **sections: Any
) -> AsyncIterator[Application]:
    read = settings(database, **{"twilio": twilio(), **sections})
    async with opened(read, desk=MemoryDesk(), outbox=sender, clock=clock) as application:
        yield application


def form(sid: str, body: str = "", **fields: str) -> bytes:
    """As Twilio posts a WhatsApp message of Bia's."""
    return urlencode(
        {
            "MessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": BIA,
            "To": "whatsapp:+5511400041111",
            "WaId": "551187654321",
            "ProfileName": "Bia",
            "Body": body,
            "NumMedia": "0",
            **fields,
        }
    ).encode()


async def take_in(
    application: Application, clock: Clock, sid: str, body: str = "", **fields: str
) -> int:
    """Accept one message; gives its id."""
    raw = form(sid, body, **fields)
    await application.inbox.accept([arrival(payload(raw), raw, clock())], source="twilio")
    async with application.database.transaction() as connection:
        cursor = await connection.execute(
            "SELECT id FROM messages WHERE key = %s", [f"twilio:{sid}"]
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row["id"])


def signed(path: str, fields: dict[str, str], *, token: str = TOKEN, public: str = PUBLIC) -> str:
    """The signature that Twilio sends with it."""
    return str(RequestValidator(token).compute_signature(f"{public}{path}", fields))
