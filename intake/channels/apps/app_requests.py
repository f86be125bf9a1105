"""Stores and triages requests of apps before they are answered with their ticket number.

Requests that arrive while others are being stored form the next batch (docs/adr/0006).
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from intake.channels.apps.request import AppRequest
from intake.ports.arrivals import Arrival, Intake, NamedFile
from intake.settings.apps import App
from intake.store.app_requests import Taken, taken
from intake.store.batching import Batcher
from intake.store.database import Database
from intake.store.transient_errors import as_unavailable, transaction
from routing.vocabulary import Channel

SOURCE = "app"
MOST = 50
"""Maximum requests in one batch."""


def source_of(app: App) -> str:
    """The app's source name in the store: `app:name`."""
    return f"{SOURCE}:{app.name}"


def arrival(
    app: App, webhook_id: str, request: AppRequest, body: bytes, received_at: datetime
) -> Arrival:
    """The Arrival of a request. The same `webhook_id` of the same app gives the same key."""
    return Arrival(
        source=source_of(app),
        key=f"{source_of(app)}:{webhook_id}",
        channel=Channel.APP,
        received_at=received_at,
        raw=body,
        details={"webhook_id": webhook_id, "body": hashlib.sha256(body).hexdigest()},
        files=tuple(NamedFile(url=link.url) for link in request.links),
    )


TriageNow = Callable[[Sequence[int]], Awaitable[None]]
"""Triages stored messages, given their ids, before it returns."""


class AppRequests:
    """Takes requests from webhooks that run concurrently, in batches."""

    def __init__(self, intake: Intake, database: Database, triage: TriageNow) -> None:
        self._intake = intake
        self._database = database
        self._triage = triage
        self._together = Batcher(self._take, name=SOURCE, most=MOST)

    async def take(self, request: Arrival) -> Taken:
        """Store and triage a request; both are durable when this returns.

        A request that is already stored is returned as it is. Raises IntakeUnavailable.
        """
        return await self._together.accept(request)

    async def _take(self, some: Sequence[Arrival]) -> Sequence[Taken]:
        await self._intake.accept(some, source=SOURCE)
        keys = [each.key for each in some]
        found = await self._found(keys)
        new = [each.id for each in found.values() if each.state == "new"]
        if new:
            with as_unavailable():
                await self._triage(new)
            found = await self._found(keys)
        return [found[key] for key in keys]

    async def _found(self, keys: Sequence[str]) -> dict[str, Taken]:
        async with transaction(self._database) as connection:
            return await taken(connection, keys)
