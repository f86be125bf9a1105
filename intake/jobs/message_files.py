"""The files of messages for the desk, read again from the store when they are needed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from intake.content.mail_name import mail_name
from intake.context import MessageReader
from intake.ports.desk import DeskFile
from intake.ports.messages import ChannelUnknown, StoredMessage
from intake.settings.mail import Mail
from intake.store.database import Database
from intake.store.messages import MessageStore
from routing.vocabulary import Channel

RAW_TYPE = "message/rfc822"


class StoredFiles:
    """Implements `DeskFiles`. `raw`: whether to add each mail as it came, as one more file."""

    def __init__(
        self, database: Database, limits: Callable[[], Mail], read: MessageReader, *, raw: bool
    ) -> None:
        self._read = read
        self._store = MessageStore(database)
        self._limits = limits
        self._raw = raw

    async def of(
        self, message: int, attachments: int, file: int | None = None
    ) -> Sequence[DeskFile]:
        """See `DeskFiles.of`."""
        if not (attachments or self._raw):
            return ()
        stored = await self._store.get(message)
        if stored is None:
            return ()
        files: list[DeskFile] = []
        if file is not None:
            return await asyncio.to_thread(self._late, stored, file, self._limits())
        if attachments:
            early = tuple(each for each in stored.files if not each.late)
            in_time = replace(stored, files=early)
            files += await asyncio.to_thread(self._attachments, in_time, self._limits())
        there_already = any(each.content == stored.raw for each in files)
        if self._raw and stored.channel is Channel.EMAIL and not there_already:
            name = await asyncio.to_thread(mail_name, stored.raw, stored.received_at)
            files.append(DeskFile(name=name, content_type=RAW_TYPE, content=stored.raw))
        return files

    def _late(self, stored: StoredMessage, position: int, limits: Mail) -> list[DeskFile]:
        """The one file that arrived late; reading lists it after the message's own attachments."""
        own = self._attachments(replace(stored, files=()), limits)
        that = tuple(each for each in stored.files if each.position == position)
        return self._attachments(replace(stored, files=that), limits)[len(own) :]

    def _attachments(self, stored: StoredMessage, limits: Mail) -> list[DeskFile]:
        try:
            # Our own addresses do not matter for reading the files.
            message = self._read(stored, limits, frozenset())
        except ChannelUnknown:
            return []
        return [
            DeskFile(name=each.name, content_type=each.content_type, content=each.content)
            for each in message.attachments
        ]
