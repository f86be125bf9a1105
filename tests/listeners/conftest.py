"""What the listeners' tests share: an account at the test Dovecot, a journal in memory, waiting."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intake.channels.email.imap.listener import ImapListener
from intake.ports.listener import Listener
from intake.ports.memory_inbox import MemoryIntake, MemoryProgress, MemoryTokenStore
from intake.settings.listeners import Imap
from tests.listeners.place import Place
from tests.listeners.writing import QUICK, mail, now, subject, subjects
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_imap import ScriptedImap

__all__ = ["QUICK", "mail", "now", "subject", "subjects"]

PATIENCE = 20.0


async def until(condition: Callable[[], object], what: str = "condition") -> None:
    """Wait for a condition, with a deadline."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE
    while not condition():
        if loop.time() > deadline:
            raise AssertionError(f"{what}: not within {PATIENCE:.0f} s")
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def running(listener: Listener) -> AsyncIterator[asyncio.Event]:
    """The listener runs in the background. Its own exception, if any, is the test's."""
    stopping = asyncio.Event()
    task = asyncio.create_task(listener.run(stopping))
    try:
        yield stopping
    finally:
        stopping.set()
        await asyncio.wait_for(task, PATIENCE)


@dataclass
class Desk:
    """One account at the test server, and what a listener needs of the rest of the daemon."""

    dovecot: Dovecot
    user: str
    password_file: Path
    intake: MemoryIntake = field(default_factory=MemoryIntake)
    tokens: MemoryTokenStore = field(default_factory=MemoryTokenStore)
    progress: MemoryProgress = field(default_factory=MemoryProgress)

    def settings(self, **changes: Any) -> Imap:
        given: dict[str, Any] = {
            "name": "suporte",
            "host": self.dovecot.host,
            "port": self.dovecot.ports.plain,
            "security": "none",
            "user": self.user,
            "timeout": 10,
        }
        if "oauth" not in changes:
            given["password"] = {"file": str(self.password_file)}
        return Imap.model_validate(given | changes)

    def listener(
        self,
        folder: str = "INBOX",
        *,
        max_message: int = 1_000_000,
        intake: Any = None,
        clock: Callable[[], datetime] = now,
        **changes: Any,
    ) -> ImapListener:
        return ImapListener(
            self.settings(**changes),
            folder,
            intake=intake or self.intake,
            tokens=self.tokens,
            progress=self.progress,
            max_message=max_message,
            clock=clock,
            pace=QUICK,
        )

    def deliver(self, count: int, *, start: int = 1, folder: str = "INBOX") -> list[int]:
        raws = [mail(number) for number in range(start, start + count)]
        return self.dovecot.append_many(self.user, raws, folder)

    @property
    def subjects(self) -> list[str]:
        return [subject(raw) for raw in self.intake.raws]


@pytest.fixture
def desk(dovecot: Dovecot, mailbox: str, tmp_path: Path) -> Iterator[Desk]:
    password_file = tmp_path / "password"
    password_file.write_text(dovecot.password(mailbox) + "\n")
    yield Desk(dovecot, mailbox, password_file)
    if not dovecot.running:
        dovecot.start()


@pytest.fixture
def place(scripted_imap: ScriptedImap, tmp_path: Path) -> Place:
    return Place(scripted_imap, tmp_path / "password")
