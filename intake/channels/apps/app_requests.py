"""Requests of apps, taken in: stored and triaged before they are answered, with their number.

Those that come while others are being stored gather, and are the next (docs/adr/0006).
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
"""Requests at a time."""


def source_of(app: App) -> str:
    """As the journal calls it."""
    return f"{SOURCE}:{app.name}"


def arrival(
    app: App, webhook_id: str, request: AppRequest, body: bytes, received_at: datetime
) -> Arrival:
    """The same id of the same app, the same key."""
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
"""Decides on stored messages, here and now."""


class AppRequests:
    """For doors that are called concurrently."""

    def __init__(self, intake: Intake, database: Database, triage: TriageNow) -> None:
        self._intake = intake
        self._database = database
        self._triage = triage
        self._together = Batcher(self._take, name=SOURCE, most=MOST)

    async def take(self, request: Arrival) -> Taken:
        """Durable and triaged when this returns; a known one as it was.

        Raises IntakeUnavailable.
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
