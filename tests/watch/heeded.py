"""An office whose desk people work at, with a clock that the test moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.app.opening import Application, opened
from intake.jobs.desk_watch import DeskWatch
from intake.jobs.follow_up.job import follow_up
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import PEOPLE, mail, rows, settings, take_in
from tests.desk.watched import WatchedDesk

BEGIN = datetime(2030, 3, 12, 13, 0, tzinfo=UTC)
"""A Tuesday, at 10:00 in São Paulo. Far from the queue's own clock: what waits, waits."""
DUE = datetime(2030, 3, 15, 21, 0, tzinfo=UTC)
EVERYBODY = (
    *PEOPLE,
    {"login": "fia.n1", "name": "Fia Melo", "email": "fia@r3izzy.com.br", "levels": ["N1"]},
    {"login": "rui", "name": "Rui Sá", "email": "rui@r3izzy.com.br", "levels": ["Coordenação"]},
)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Scene:
    """One ticket of Bia's, owned by Edu (N1)."""

    application: Application
    sender: MemorySender
    carried: MemoryDesk
    desk: WatchedDesk
    watch: DeskWatch
    clock: Clock
    ref: str = ""
    _told: int = field(default=0)

    async def acts(self, who: str | None, **values: Any) -> None:
        """Somebody changes fields at the desk, and it is noticed and heeded."""
        self.desk.stands(self.ref, who, at=self.clock.now, **values)
        await self.notice()

    async def writes(self, who: str | None, text: str, *, internal: bool = True) -> None:
        """Somebody writes on the ticket, and it is noticed and heeded."""
        self.desk.says(self.ref, who, text, internal=internal, at=self.clock.now)
        await self.notice()

    async def notice(self) -> None:
        await self.watch.look()
        await self.application.worker_pool.drain()

    async def later(self, **span: float) -> None:
        """Time passes, and what was to be looked at again by then is."""
        self.clock.forward(**span)
        [ticket] = await rows(self.application, "SELECT id FROM tickets")
        await follow_up(self.application.context, ticket["id"])
        await self.application.worker_pool.drain()

    def told(self) -> list[tuple[str, str]]:
        """(recipient, text) of what was sent since the last time."""
        new = self.sender.sent[self._told :]
        self._told = len(self.sender.sent)
        return [(each.recipient, each.text) for each in new]

    async def notes(self) -> list[str]:
        """Internal notes on the ticket, after those of triage."""
        found = await rows(
            self.application, "SELECT body FROM ticket_entries WHERE kind = 'note' ORDER BY id"
        )
        return [row["body"] for row in found[1:]]

    async def ticket(self) -> dict[str, Any]:
        [found] = await rows(self.application, "SELECT * FROM tickets")
        return found


@asynccontextmanager
async def scene(
    database: Database, *, rules: dict[str, Any] | None = None, **watch: Any
) -> AsyncIterator[Scene]:
    """`watch`: keys of [watch]. `rules`: the section, by default without any rule."""
    clock, sender, carried = Clock(), MemorySender(), MemoryDesk()
    sections = {} if rules is None else {"rules": rules}
    made = settings(database, roster={"person": EVERYBODY}, watch=watch, **sections)
    async with opened(made, desk=carried, outbox=sender, clock=clock) as application:
        await take_in(application, mail())
        async with application.database.transaction() as connection:
            await connection.execute(
                "UPDATE tickets SET owner = 'edu.n1', level = 'N1',"
                ' desk_synced = desk_synced || \'{"owner": "edu.n1", "level": "N1"}\''
            )
        desk = WatchedDesk()
        [row] = await rows(application, "SELECT desk_ref, priority FROM tickets")
        ref = row["desk_ref"]
        desk.stands(
            ref,
            stage="new",
            closed=False,
            owner="edu.n1",
            priority=row["priority"],
            deadline=None,
            client="Bia Souza",
        )
        looking = DeskWatch(application.context, desk, application.leases, poll=0.01)
        await looking.look()
        opened_scene = Scene(application, sender, carried, desk, looking, clock, ref)
        opened_scene.told()
        yield opened_scene
