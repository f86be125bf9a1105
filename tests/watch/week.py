"""A business week with a clock that tests turn: Monday 18 to Friday 22 November 2030.

Wednesday is a holiday; the desk is open from 9 to 12 and from 13 to 18. It lies in the future, so
that no job which waits for its time is run by the queue's own clock.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from intake.app.opening import Application, opened
from intake.jobs.fire_alarms import fire_alarms
from intake.notify.alarms import set_alarms
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.ports.sender import Outgoing
from intake.settings.database import Database
from tests.application import SOURCE, arrival, mail, rows, settings

ZONE = ZoneInfo("America/Sao_Paulo")
DAYS = {"mon": 18, "tue": 19, "wed": 20, "thu": 21, "fri": 22, "next mon": 25}
ANA = {"login": "ana", "name": "Ana Lima", "email": "ana@r3izzy.com.br", "levels": ["N0"]}
EDU = {"login": "edu", "name": "Edu Reis", "email": "edu@r3izzy.com.br", "levels": ["N1"]}
CAU = {"login": "cau", "name": "Cau Dias", "email": "cau@r3izzy.com.br", "levels": ["Coordenação"]}


def instant(text: str) -> datetime:
    """`mon 09:30`."""
    day, _, clock = text.rpartition(" ")
    hour, minute = clock.split(":")
    return datetime(2030, 11, DAYS[day], int(hour), int(minute), tzinfo=ZONE)


@dataclass(kw_only=True)
class Week:
    """An office in that week."""

    application: Application
    sender: MemorySender
    desk: MemoryDesk
    now: list[datetime]
    _read: int = 0
    _numbers: int = field(default=0)

    def turn(self, text: str) -> None:
        """Time passes, and nobody rings."""
        self.now[0] = instant(text)

    async def until(self, text: str) -> list[Outgoing]:
        """It becomes that time, what is due rings, and this is what people were sent of it."""
        self.turn(text)
        await fire_alarms(self.application.context)
        await self.application.worker_pool.drain()
        return self.told()

    def told(self) -> list[Outgoing]:
        """What people of the team were sent since the last time that somebody asked."""
        new, self._read = self.sender.sent[self._read :], len(self.sender.sent)
        return [each for each in new if each.recipient.endswith("@r3izzy.com.br")]

    async def ticket(self, *, answered: bool = True, **columns: Any) -> int:
        """A client's mail comes in now; it is Edu's, on N1, unless `columns` say otherwise."""
        self._numbers += 1
        number = self._numbers
        raw = mail(message_id=f"<{number}@exemplo.com.br>", text=f"caso {number}")
        coming = replace(arrival(raw, number), received_at=self.now[0])
        await self.application.inbox.accept([coming], source=SOURCE)
        await self.application.worker_pool.drain()
        [row] = await rows(self.application, "SELECT max(id) AS id FROM tickets")
        values = {"owner": "edu", "level": "N1", **columns}
        values |= {} if answered else {"acknowledged_at": None}
        await self.change(row["id"], **values)
        return int(row["id"])

    async def change(self, ticket: int, **columns: Any) -> None:
        """Somebody changes a ticket, as the desk's watch writes it."""
        async with self.application.database.transaction() as connection:
            names = "".join(f", {name} = %s" for name in columns)
            query = f"UPDATE tickets SET number = number{names} WHERE id = %s"
            await connection.execute(query.encode(), [*columns.values(), ticket])
            await set_alarms(self.application.context, connection, [ticket])

    async def next_ring(self) -> list[datetime]:
        """The instants for which somebody waits."""
        found = await rows(
            self.application,
            """SELECT scheduled_at AS at FROM procrastinate_jobs
                WHERE task_name = 'fire_alarms' AND status = 'todo' ORDER BY 1""",
        )
        return [row["at"].astimezone(ZONE) for row in found]


@asynccontextmanager
async def week(
    database: Database,
    start: str = "mon 09:00",
    people: Sequence[dict[str, Any]] = (ANA, EDU, CAU),
    sections: Mapping[str, Any] | None = None,
    **watch: Any,
) -> AsyncIterator[Week]:
    """It begins at `start`; `watch` is the section of the settings, `sections` are others."""
    now = [instant(start)]
    sender, desk = MemorySender(), MemoryDesk()
    wanted = settings(
        database,
        roster={"person": [*people]},
        watch={"alarms_off": ["reminder"], **watch},
        **sections or {},
    )
    async with opened(wanted, desk=desk, outbox=sender, clock=lambda: now[0]) as application:
        yield Week(application=application, sender=sender, desk=desk, now=now)
