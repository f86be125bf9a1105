"""The files of messages for the desk, read again from the journal when they are needed."""

import asyncio
from collections.abc import Callable, Sequence

from intake.desk.port import DeskFile
from intake.journal.database import Database
from intake.journal.messages import MessageStore, StoredMessage
from intake.mail.mail_name import mail_name
from intake.settings.mail import Mail
from intake.work.reading import ChannelUnknown, read_message
from routing.vocabulary import Channel

RAW_TYPE = "message/rfc822"


class JournalFiles:
    """Fills `DeskFiles`. `raw`: the mail as it came is one of its files."""

    def __init__(self, database: Database, limits: Callable[[], Mail], *, raw: bool) -> None:
        self._store = MessageStore(database)
        self._limits = limits
        self._raw = raw

    async def of(self, message: int, attachments: int) -> Sequence[DeskFile]:
        """See `DeskFiles.of`."""
        if not (attachments or self._raw):
            return ()
        stored = await self._store.get(message)
        if stored is None:
            return ()
        files: list[DeskFile] = []
        if attachments:
            files += await asyncio.to_thread(_attachments, stored, self._limits())
        if self._raw and stored.channel is Channel.EMAIL:
            name = mail_name(stored.raw, stored.received_at)
            files.append(DeskFile(name=name, content_type=RAW_TYPE, content=stored.raw))
        return files


def _attachments(stored: StoredMessage, limits: Mail) -> list[DeskFile]:
    try:
        # Who it is from is nothing to its files, so our own addresses need not be known.
        message = read_message(stored, limits, own_addresses=frozenset())
    except ChannelUnknown:
        return []
    return [
        DeskFile(name=each.name, content_type=each.content_type, content=each.content)
        for each in message.attachments
    ]
