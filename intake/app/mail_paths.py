"""The paths of stored mail, read where somebody asks for one."""

import asyncio
from collections import OrderedDict

from intake.channels.email.reading.mail_path import read_path
from intake.ports.mail_path import MailPath
from intake.store.database import Database
from intake.store.messages import MessageStore
from routing.vocabulary import Channel

MOST_KEPT = 256
"""Paths, of some kilobytes each."""


class MailPaths:
    """Reads paths from the stored bytes, which never change, and keeps the last ones asked for."""

    def __init__(self, database: Database, *, most_kept: int = MOST_KEPT) -> None:
        self._messages = MessageStore(database)
        self._most_kept = most_kept
        self._kept: OrderedDict[int, MailPath] = OrderedDict()

    async def of(self, message_id: int) -> MailPath | None:
        """None where there is no such message, or it is no mail."""
        found = self._kept.get(message_id)
        if found is None:
            stored = await self._messages.get(message_id)
            if stored is None or stored.channel is not Channel.EMAIL:
                return None
            found = await asyncio.to_thread(read_path, stored.raw, complete=stored.complete)
            self._kept[message_id] = found
            if len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
        self._kept.move_to_end(message_id)
        return found
