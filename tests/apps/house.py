"""An office with an app, its doors called in memory, and requests as the app signs them."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook
from starlette.applications import Starlette

from intake.app.opening import Application
from intake.channels.apps.app_requests import AppRequests
from intake.channels.apps.webhooks import app_routes
from intake.jobs.triage import triage_messages
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import application

SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1zaXRlLTAwMDE="
NEXT_SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1zaXRlLTAwMDI="
OTHER_SECRET = "whsec_" + "c2VjcmV0LW9mLXRoZS1jcm0tMDAwMDE="
TOKEN = "token-of-the-crm"
PLACES = {
    "TEST_SITE_SECRET": SECRET,
    "TEST_SITE_NEXT": NEXT_SECRET,
    "TEST_CRM_SECRET": OTHER_SECRET,
    "TEST_CRM_TOKEN": TOKEN,
}
REQUEST = {
    "title": "Emitir certidão",
    "text": "Preciso da certidão até sexta.",
    "requester": {"name": "Bia Souza", "email": "bia@exemplo.com.br"},
}
_ids = count(1)


def apps(**site: Any) -> list[dict[str, Any]]:
    """[[app]]: one that signs, and one that cannot."""
    return [
        {
            "name": "site",
            "secrets": [{"env": "TEST_SITE_SECRET"}, {"env": "TEST_SITE_NEXT"}],
            **site,
        },
        {
            "name": "crm",
            "secrets": [{"env": "TEST_CRM_SECRET"}],
            "tokens": [{"env": "TEST_CRM_TOKEN"}],
        },
    ]


def signed(
    body: bytes, *, webhook_id: str = "", secret: str = SECRET, at: datetime | None = None
) -> dict[str, str]:
    """Headers as Standard Webhooks says."""
    webhook_id = webhook_id or f"msg_{next(_ids)}"
    at = at or datetime.now(UTC)
    return {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, at, body.decode()),
    }


@dataclass
class House:
    """The office, what it sent, and a client of its doors."""

    application: Application
    sender: MemorySender
    client: httpx.AsyncClient = field(repr=False)

    async def opens(self, request: Mapping[str, Any] | bytes, **how: Any) -> httpx.Response:
        """POST, signed by the site; `how` as for `signed`."""
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        return await self.posts(body, signed(body, **how))

    async def posts(self, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        return await self.client.post("/v1/requests", content=body, headers=dict(headers))

    async def looks(self, number: str, *, secret: str = SECRET) -> httpx.Response:
        return await self.client.get(f"/v1/requests/{number}", headers=signed(b"", secret=secret))


@asynccontextmanager
async def house(database: Database, *, site: Any = None, **sections: Any) -> AsyncIterator[House]:
    """Open; PLACES must be in the environment."""
    sender = MemorySender()
    sections = {"app": apps(**(site or {})), **sections}
    async with application(database, sender=sender, **sections) as running:
        context = running.context
        app_requests = AppRequests(
            running.inbox, context.database, partial(triage_messages, context)
        )
        routes = app_routes(context, app_requests, context.config.settings.app)
        transport = httpx.ASGITransport(app=Starlette(routes=routes))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            yield House(running, sender, client)
