"""An open office for tests: a real journal and queue, a sender and a desk in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

from intake.app.opening import Application, opened
from intake.ports.arrivals import Arrival
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.ports.sender import Sender
from intake.settings.database import Database
from intake.settings.model import Settings
from routing.vocabulary import Channel
from routing.watch.alarms import AlarmKind

SOURCE = "imap:suporte/INBOX"
PEOPLE = (
    {"login": "ana.n0", "name": "Ana Lima", "email": "ana.n0@r3izzy.com.br", "levels": ["N0"]},
    {"login": "edu.n1", "name": "Edu Reis", "email": "edu.n1@r3izzy.com.br", "levels": ["N1"]},
)


def settings(database: Database, **sections: Any) -> Settings:
    """Settings as from a file, with two people on the roster."""
    tree: dict[str, Any] = {
        "roster": {"person": PEOPLE},
        "replies": {"backend": "maildir", "outbox": "/nonexistent"},
        # What is tested here must not depend on how the shipped rules are tuned.
        "rules": {"shipped": False},
        **sections,
        # Nor on the time of day at which the tests run.
        "watch": {"alarms_off": [kind.value for kind in AlarmKind], **sections.get("watch", {})},
    }
    return Settings.model_validate({"database": database.model_dump(), **tree})


@asynccontextmanager
async def application(
    database: Database,
    *,
    desk: MemoryDesk | None = None,
    sender: Sender | None = None,
    **sections: Any,
) -> AsyncIterator[Application]:
    """Open, with nothing running: `drain` does the work."""
    async with opened(
        settings(database, **sections), desk=desk or MemoryDesk(), outbox=sender or MemorySender()
    ) as running:
        yield running


def mail(
    text: str = "Bom dia, o app trava ao abrir a agenda.",
    *,
    sender: str = "Bia Souza <bia@exemplo.com.br>",
    subject: str = "App travando",
    message_id: str = "<um@exemplo.com.br>",
    **headers: str,
) -> bytes:
    """A plain mail; `_` in a header's name stands for `-`."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "suporte@r3izzy.com.br"
    message["Subject"] = subject
    if message_id:
        message["Message-ID"] = message_id
    message["Date"] = "Tue, 24 Nov 2026 10:00:00 -0300"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def arrival(raw: bytes, number: int = 1, *, source: str = SOURCE) -> Arrival:
    """As the IMAP listener would hand it over."""
    return Arrival(
        source=source,
        key=f"{source}:1:{number}",
        channel=Channel.EMAIL,
        received_at=datetime(2026, 11, 24, 13, 0, tzinfo=UTC),
        raw=raw,
    )


async def take_in(
    application: Application, *mails: bytes, source: str = SOURCE, first: int = 1
) -> None:
    """Accept mails and do all that follows."""
    arrivals = [arrival(raw, first + n, source=source) for n, raw in enumerate(mails)]
    await application.inbox.accept(arrivals, source=source)
    await application.worker_pool.drain()


async def rows(
    application: Application, query: str, values: Sequence[object] = ()
) -> list[dict[str, Any]]:
    """What the journal has."""
    async with application.database.transaction() as connection:
        cursor = await connection.execute(query.encode(), values)
        return list(await cursor.fetchall())
