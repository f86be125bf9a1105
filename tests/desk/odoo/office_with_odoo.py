"""An open office whose desk is the test's own Odoo."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intake.app.opening import Application, now, opened
from intake.app.reading import read_message
from intake.desk.odoo.sessions import OdooSessions
from intake.jobs.message_files import StoredFiles
from intake.ports.desk import DeskFile
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from intake.settings.mail import Mail
from tests.application import rows, settings
from tests.desk.odoo.carrying import Files, desk_of

TASK = "project.task"


class LateFiles(Files):
    """Of a journal that is opened after the desk was made."""

    journal: StoredFiles

    async def of(
        self, message: int, attachments: int, file: int | None = None
    ) -> Sequence[DeskFile]:
        return await self.journal.of(message, attachments, file)


@dataclass(frozen=True, slots=True)
class Place:
    """An office with Odoo as its desk."""

    application: Application
    sender: MemorySender

    async def refs(self) -> list[str]:
        """Of all tickets, oldest first."""
        found = await rows(self.application, "SELECT desk_ref FROM tickets ORDER BY id")
        return [row["desk_ref"] for row in found]


@asynccontextmanager
async def place(
    database: Database,
    odoo: OdooSessions,
    *,
    clock: Callable[[], datetime] = now,
    **sections: Any,
) -> AsyncIterator[Place]:
    """Open, with nothing running: `take_in` does the work. `sections`: more settings."""
    sender, files = MemorySender(), LateFiles()
    desk = desk_of(odoo, TASK, files=files)
    made = settings(database, work={"partitions": 1}, **sections)
    async with opened(made, desk=desk, outbox=sender, clock=clock) as application:
        files.journal = StoredFiles(application.database, Mail, read_message, raw=True)
        yield Place(application, sender)
