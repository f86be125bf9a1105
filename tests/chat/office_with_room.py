"""An office whose team gives commands in a room in memory."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.app.opening import Application, opened
from intake.channels.discuss.listener import DiscussListener
from intake.channels.discuss.sender import DiscussSender
from intake.ports.chat import Author, Contact
from intake.ports.memory_chat import MemoryChat
from intake.ports.memory_desk import MemoryDesk
from intake.ports.memory_sender import MemorySender
from intake.replies.by_channel import ChannelSenders
from intake.settings.database import Database
from intake.store.tickets import TicketStore, TicketView
from routing.vocabulary import Channel
from tests.application import settings

ANA = Author(login="ana.n0", name="Ana Lima", address="ana.n0@r3izzy.com.br")
ZE = Author(login="ze", name="Zé", address="ze@r3izzy.com.br", is_member=False)
CLINIC = Contact(ref="7", name="Clínica Boa Vista", address="boa@vista.com.br")


@dataclass
class Place:
    """The office, the room, and the mails that left."""

    application: Application
    room: MemoryChat
    mails: MemorySender
    listener: DiscussListener
    _read: int = field(default=0, repr=False)

    async def listens(self) -> int:
        """A new look, and all that follows. How many lines were new."""
        new = await self.listener.drain()
        await self.application.worker_pool.drain()
        return new

    async def hears(self, *lines: str, author: Author = ANA) -> list[str]:
        """Somebody writes these lines, as Odoo stores them. What the room is told."""
        for line in lines:
            at = datetime.now(UTC) - timedelta(seconds=1)
            self.room.write(f"<p>{line.replace(chr(10), '<br>')}</p>", author, at)
        await self.listens()
        said = [each.text for each in self.room.said[self._read :]]
        self._read = len(self.room.said)
        return said

    async def tickets(self) -> list[TicketView]:
        return await TicketStore(self.application.database).all()


@asynccontextmanager
async def place(
    database: Database,
    *,
    contacts: Mapping[str, Sequence[Contact]] | None = None,
    desk: MemoryDesk | None = None,
    **sections: Any,
) -> AsyncIterator[Place]:
    """Open, with the room looked at once."""
    room, mails = MemoryChat(contacts or {CLINIC.name: [CLINIC]}), MemorySender()
    by_channel = ChannelSenders({Channel.EMAIL: mails, Channel.CHAT: DiscussSender(room)})
    made = settings(database, **sections)
    async with opened(made, desk=desk or MemoryDesk(), room=room, outbox=by_channel) as application:
        listener = listener_of(application, room)
        await listener.drain()
        yield Place(application=application, room=room, mails=mails, listener=listener)


def listener_of(application: Application, room: MemoryChat) -> DiscussListener:
    """As the daemon makes it."""
    context = application.context
    return DiscussListener(
        room, intake=application.inbox, progress=application.metrics, clock=context.clock, poll=1
    )
