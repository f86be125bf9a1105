"""All doors of an office over its real journal, and whoever knows the secrets."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx
from standardwebhooks.webhooks import Webhook
from starlette.applications import Starlette
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

from intake.app.opening import Application
from intake.app.webhooks import webhook_routes
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import rows
from tests.apps.house import SECRET
from tests.telephony.place import ACCOUNT, PUBLIC, TOKEN, TOKEN_PLACE, Clock, telephone_application

PLACES = {TOKEN_PLACE: TOKEN, "TEST_SITE_SECRET": SECRET}
MESSAGES, STATUS = "/twilio/messages", "/twilio/status"
RECORDED, ENDED = "/twilio/voice/recorded", "/twilio/voice/ended"
FORM = "application/x-www-form-urlencoded"
ALL = "SELECT state, outcome, error FROM messages ORDER BY id"
TICKETS = "SELECT title, sender, sender_name, description FROM tickets ORDER BY id"
_ids = count(1)
Pairs = Sequence[tuple[str, str]]


class House:
    """What can be sent to it, signed; and what has become of it."""

    def __init__(self, application: Application, client: httpx.AsyncClient, clock: Clock) -> None:
        self.application = application
        self.sent = MemorySender()
        self.logged: list[Any] = []
        self._client, self._clock = client, clock

    async def twilio(
        self, path: str, body: bytes | Pairs, *, query: str = "", pairs: Pairs | None = None
    ) -> httpx.Response:
        """A form, or the bytes of one. What is signed are `pairs`, else what the body says."""
        raw = body if isinstance(body, bytes) else urlencode(body).encode()
        if pairs is None:
            pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
        url = f"{PUBLIC}{path}" + (f"?{query}" if query else "")
        signature = RequestValidator(TOKEN).compute_signature(url, dict(pairs))
        return await self.post(
            url, raw, {"Content-Type": FORM, "X-Twilio-Signature": str(signature)}
        )

    async def app(self, body: bytes, **headers: str) -> httpx.Response:
        """A request of the site's, signed."""
        name, at = f"msg_{next(_ids)}", datetime.now(UTC)
        head = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            **headers,
        }
        signature = Webhook(SECRET).sign(head["webhook-id"], at, body.decode("utf-8", "replace"))
        return await self.post("/v1/requests", body, {**head, "webhook-signature": signature})

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """An exception of ours would come out of here."""
        return await self._client.post(url, content=body, headers=headers)

    async def outcome(self) -> list[dict[str, Any]]:
        """After all work is done: the tickets. Fails where a message could not be read."""
        self._clock.pass_(3600)
        await self.application.worker_pool.drain()
        for message in await rows(self.application, ALL):
            assert message["state"] == "done", message
        assert not [each for each in self.logged if each["log_level"] in ("error", "critical")]
        found = await rows(self.application, TICKETS)
        assert "\x00" not in repr(found)
        return found


@asynccontextmanager
async def house(database: Database) -> AsyncIterator[House]:
    """Open; PLACES must be in the environment."""
    clock, sender = Clock(), MemorySender()
    app = {
        "name": "site",
        "secrets": [{"env": "TEST_SITE_SECRET"}],
        "file_hosts": ["files.example.com"],
    }
    twilio = {
        "account_sid": ACCOUNT,
        "auth_token": {"env": TOKEN_PLACE},
        "public_url": PUBLIC,
        "whatsapp_from": "+5511400041111",
        "voice": {},
    }
    async with telephone_application(
        database, clock, sender, app=[app], twilio=twilio
    ) as application:
        routes = webhook_routes(application, application.context.config.settings)
        transport = httpx.ASGITransport(app=Starlette(routes=routes))
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
            made = House(application, client, clock)
            made.sent = sender
            with capture_logs() as made.logged:
                yield made
