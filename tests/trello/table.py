"""An office with Trello and one ticket, on which people write notes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.actions.ticket_work import act
from intake.app.opening import Application, opened
from intake.jobs.cards import make_card
from intake.jobs.follow_up.job import follow_up
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import mail, rows, settings, take_in
from tests.servers.scripted_trello import ScriptedTrello

PLACES = {"key": {"env": "TEST_TRELLO_KEY"}, "token": {"env": "TEST_TRELLO_TOKEN"}}
MAIL = mail(
    "Aqui é a Dra. Ana Souza, CPF 123.456.789-09, telefone (11) 98765-4321.",
    sender="Bia Souza <bia@exemplo.com.br>",
    subject="Nota da paciente Carla Dias",
)
BEGIN = datetime(2030, 3, 12, 13, 0, tzinfo=UTC)
SECRETS = ("Bia", "Souza", "Carla", "bia@", "123.456", "98765", "paciente")


@dataclass
class Table:
    """Where the notes are written."""

    application: Application
    sender: MemorySender
    number: str

    async def writes(self, *texts: str) -> None:
        """Ana writes notes, one after the other, and all that follows now is done."""
        for text in texts:
            await act(self.application.context, self.number, "ana.n0", note=text)
            await self.application.worker_pool.drain()

    async def asks(self, text: str) -> None:
        """Ana writes a note, and it is heeded; the card is not made yet."""
        await act(self.application.context, self.number, "ana.n0", note=text)
        [ticket] = await rows(self.application, "SELECT id FROM tickets")
        await follow_up(self.application.context, ticket["id"])

    async def later(self, **span: float) -> None:
        """Time passes, and what waited for it is done."""
        at = self.application.context.clock() + timedelta(**span)
        self.application.context.clock = lambda: at
        for card in await rows(self.application, "SELECT id FROM cards WHERE state = 'wanted'"):
            await make_card(self.application.context, card["id"])

    async def notes(self) -> list[str]:
        """Our own of them that are about Trello."""
        found = await rows(
            self.application,
            "SELECT body FROM ticket_entries WHERE kind = 'note' AND author = 'Central Intake'"
            " AND position('trello' IN lower(body)) > 0 ORDER BY id",
        )
        return [row["body"] for row in found]

    async def cards_made(self) -> list[dict[str, Any]]:
        return [card for card in await self.cards() if card["state"] == "made"]

    async def cards(self) -> list[dict[str, Any]]:
        return await rows(self.application, "SELECT * FROM cards ORDER BY id")


@asynccontextmanager
async def table(
    database: Database, trello: ScriptedTrello, *, raw: bytes = MAIL, **keys: Any
) -> AsyncIterator[Table]:
    """`keys`: of [trello]. The clock stands still, far from the queue's own: what waits, waits."""
    sender = MemorySender()
    made = settings(database, trello={**PLACES, "base_url": trello.url} | keys)
    async with opened(made, outbox=sender) as application:
        await take_in(application, raw)
        [ticket] = await rows(application, "SELECT number FROM tickets")
        application.context.clock = lambda: BEGIN
        trello.clock = lambda: application.context.clock()
        yield Table(application, sender, ticket["number"])
