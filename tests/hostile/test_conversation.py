"""Fifteen of the costliest mails in one conversation, through the real journal and workers."""

import asyncio
import time

from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import SOURCE, application, arrival, mail, rows
from tests.hostile.test_office import REPLIES
from tests.hostile.writing import head

LONGEST_PAUSE = 5.0


async def test_fifteen_of_one_conversation_hold_up_nobody(database_settings: Database) -> None:
    pauses = [0.0]

    async def watch() -> None:
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.05)
            pauses.append(time.monotonic() - begun)

    arrivals = [
        arrival(
            head(
                references="<um@exemplo.com.br>",
                message_id=f"<{n}@exemplo.com.br>",
                content_type="text/html",
            )
            + b"<div></x>" * 55_000,
            n,
        )
        for n in range(15)
    ]
    ordinary = mail("app trava", sender="bia@clinica.com.br", message_id="<depois@clinica.com.br>")
    async with application(database_settings, sender=MemorySender(), replies=REPLIES) as opened:
        watching = asyncio.create_task(watch())
        await opened.inbox.accept([*arrivals, arrival(ordinary, 15)], source=SOURCE)
        await opened.worker_pool.drain()
        watching.cancel()
        states = await rows(opened, "SELECT state FROM messages")
    assert [row["state"] for row in states] == ["done"] * 16
    assert max(pauses) < LONGEST_PAUSE
