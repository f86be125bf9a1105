"""Messages as the journal has them."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

import zstandard
from psycopg.rows import DictRow

from intake.store.database import Connection, Database
from routing.vocabulary import Channel

COLUMNS = """id, key, source, channel, received_at, complete, details, raw, thread, digest,
             state, outcome, error, attempts, ticket_id"""


UNDER_ATTEMPT = """
    SELECT id, source, channel, received_at, attempts, raw_size,
           (SELECT count(*) FROM message_deaths d WHERE d.message_id = m.id) AS deaths
      FROM messages m
     WHERE state = 'new'
       AND (claimed_by IS NOT NULL
            OR EXISTS (SELECT 1 FROM message_deaths d WHERE d.message_id = m.id))
     ORDER BY id
"""
FILES = """
    SELECT message_id, position, url, content_type, state, content, detail, late FROM message_files
     WHERE message_id = ANY(%s) ORDER BY message_id, position
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFile:
    """A file that a message only names: fetched after it, or not yet, or never."""

    position: int
    url: str = field(repr=False)
    content_type: str
    state: Literal["waiting", "here", "given_up"]
    content: bytes = field(default=b"", repr=False)
    detail: str = ""
    """Why it was given up."""
    late: bool = False
    """It came when its message had been decided, and so has an entry of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredMessage:
    """A row of `messages`, with the bytes as they came."""

    id: int
    key: str
    source: str
    channel: Channel
    received_at: datetime
    complete: bool
    details: Mapping[str, str]
    raw: bytes = field(repr=False)
    thread: str
    digest: str
    state: str
    outcome: str | None
    error: str | None
    attempts: int
    ticket_id: int | None
    files: tuple[StoredFile, ...] = ()
    """Of those channels whose messages only name their files."""


def stored_message(row: DictRow) -> StoredMessage:
    """From a row with COLUMNS, read in binary."""
    raw = zstandard.ZstdDecompressor().decompressobj().decompress(row.pop("raw"))
    return StoredMessage(**{**row, "channel": Channel(row["channel"])}, raw=raw)


async def with_files(
    connection: Connection, messages: Sequence[StoredMessage]
) -> list[StoredMessage]:
    """The same, each with the files that it names."""
    naming = [message.id for message in messages if message.channel is not Channel.EMAIL]
    if not naming:
        return list(messages)
    files: dict[int, list[StoredFile]] = {}
    cursor = await connection.execute(FILES, [naming], binary=True)
    async for row in cursor:
        message = row.pop("message_id")
        files.setdefault(message, []).append(
            StoredFile(**{**row, "content": row["content"] or b""})
        )
    return [replace(each, files=tuple(files.get(each.id, ()))) for each in messages]


async def load_messages(
    connection: Connection, ids: Sequence[int], *, state: str = "new"
) -> list[StoredMessage]:
    """Those of the given messages that are in that state, in the order of their ids."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM messages WHERE id = ANY(%s) AND state = %s ORDER BY id".encode(),
        [list(ids), state],
        binary=True,
    )
    return await with_files(connection, [stored_message(row) async for row in cursor])


async def lock_waiting(connection: Connection, ids: Sequence[int]) -> frozenset[int]:
    """Lock those of the given messages that still wait; a job that ran before took the others."""
    cursor = await connection.execute(
        "SELECT id FROM messages WHERE id = ANY(%s) AND state = 'new' ORDER BY id FOR UPDATE",
        [list(ids)],
    )
    return frozenset([row["id"] async for row in cursor])


async def mark_failed(connection: Connection, message_id: int, error: str) -> bool:
    """A person must look: see `intake failed`. False where it waits no longer."""
    cursor = await connection.execute(
        """UPDATE messages SET state = 'failed', error = %s, claimed_by = NULL,
                               processed_at = now()
            WHERE id = %s AND state = 'new'""",
        [_storable(error), message_id],
    )
    return cursor.rowcount > 0


def _storable(text: str) -> str:
    """An error may quote what made it, and PostgreSQL takes neither NUL nor half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


class MessageStore:
    """Messages for people to look at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def failed(self) -> list[DictRow]:
        """What could not be processed, oldest first."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """SELECT id, source, channel, received_at, error, attempts, raw_size
                     FROM messages WHERE state = 'failed' ORDER BY id"""
            )
            return await cursor.fetchall()

    async def under_attempt(self) -> list[DictRow]:
        """What a process has in hand, or had when it died: `deaths` counts those."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(UNDER_ATTEMPT)
            return await cursor.fetchall()

    async def get(self, message_id: int) -> StoredMessage | None:
        """One message, whatever its state."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                f"SELECT {COLUMNS} FROM messages WHERE id = %s".encode(), [message_id], binary=True
            )
            row = await cursor.fetchone()
            found = await with_files(connection, [stored_message(row)] if row else [])
        return found[0] if found else None

    async def folded_into(self, message_id: int) -> list[StoredMessage]:
        """The further messages that were decided as one with this first one, in order."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                f"SELECT {COLUMNS} FROM messages WHERE folded_into = %s ORDER BY id".encode(),
                [message_id],
                binary=True,
            )
            return await with_files(connection, [stored_message(row) async for row in cursor])

    async def discard(self, message_ids: Sequence[int], reason: str) -> int:
        """Give up on messages that failed, or are under attempt, for good; they are kept.

        Returns how many.
        """
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """UPDATE messages m SET state = 'discarded', reasons = reasons || %s::text,
                          claimed_by = NULL
                    WHERE id = ANY(%s)
                      AND (state = 'failed'
                           OR state = 'new'
                          AND (claimed_by IS NOT NULL
                               OR EXISTS (SELECT 1 FROM message_deaths d
                                           WHERE d.message_id = m.id)))""",
                [reason, list(message_ids)],
            )
            return cursor.rowcount

    async def since(
        self, start: datetime, *, outcomes: Collection[str]
    ) -> AsyncIterator[StoredMessage]:
        """Messages received from `start` on that had one of these outcomes, in order.

        Of those that were decided as one only the first: see `folded_into`.
        One at a time: a few with large attachments together would fill the memory.
        """
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """SELECT id FROM messages WHERE received_at >= %s AND outcome = ANY(%s)
                      AND folded_into IS NULL ORDER BY id""",
                [start, list(outcomes)],
            )
            ids = [row["id"] async for row in cursor]
        for message_id in ids:
            stored = await self.get(message_id)
            if stored is not None:
                yield stored
