"""Requests of apps, taken in: stored and triaged before they are answered, with their number.

Those that come while others are being stored gather, and are the next (docs/adr/0006).
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.apps.request import AppRequest
from intake.journal.apps import Taken, taken
from intake.journal.passing_trouble import transaction, worth_trying_again
from intake.listeners.arrival import Arrival, Intake, NamedFile
from intake.settings.apps import App
from intake.work.context import Context
from intake.work.triage import triage_messages
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


@dataclass(frozen=True, slots=True)
class _Waiting:
    arrival: Arrival
    done: asyncio.Future[Taken]


class Taking:
    """For doors that are called concurrently."""

    def __init__(self, intake: Intake, context: Context) -> None:
        self._intake = intake
        self._context = context
        self._waiting: list[_Waiting] = []
        self._working: asyncio.Task[None] | None = None

    async def take(self, request: Arrival) -> Taken:
        """Durable and triaged when this returns; a known one as it was.

        Raises IntakeUnavailable.
        """
        done: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(request, done))
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="requests of apps")
        return await done

    async def _work(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                try:
                    found = await self._take([each.arrival for each in some])
                except BaseException as error:
                    for each in some:
                        if not each.done.done():
                            each.done.set_exception(error)
                    if not isinstance(error, Exception):
                        raise
                else:
                    for each in some:
                        if not each.done.done():
                            each.done.set_result(found[each.arrival.key])
        finally:
            self._working = None

    async def _take(self, some: Sequence[Arrival]) -> dict[str, Taken]:
        await self._intake.accept(some, source=SOURCE)
        keys = [each.key for each in some]
        found = await self._found(keys)
        new = [each.id for each in found.values() if each.state == "new"]
        if not new:
            return found
        with worth_trying_again():
            await triage_messages(self._context, new)
        return await self._found(keys)

    async def _found(self, keys: Sequence[str]) -> dict[str, Taken]:
        async with transaction(self._context.database) as connection:
            return await taken(connection, keys)
