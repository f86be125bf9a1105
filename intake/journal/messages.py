"""Messages as the journal has them."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import zstandard
from psycopg.rows import DictRow

from intake.journal.database import Connection, Database
from routing.vocabulary import Channel

COLUMNS = """id, key, source, channel, received_at, complete, details, raw, thread, digest,
             state, outcome, error, attempts, ticket_id"""


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


def _stored(row: DictRow) -> StoredMessage:
    raw = zstandard.ZstdDecompressor().decompressobj().decompress(row.pop("raw"))
    return StoredMessage(**{**row, "channel": Channel(row["channel"])}, raw=raw)


async def load_messages(
    connection: Connection, ids: Sequence[int], *, state: str = "new"
) -> list[StoredMessage]:
    """Those of the given messages that are in that state, in the order of their ids."""
    cursor = await connection.execute(
        f"SELECT {COLUMNS} FROM messages WHERE id = ANY(%s) AND state = %s ORDER BY id".encode(),
        [list(ids), state],
        binary=True,
    )
    return [_stored(row) async for row in cursor]


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
        """UPDATE messages SET state = 'failed', error = %s, attempts = attempts + 1,
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

    async def get(self, message_id: int) -> StoredMessage | None:
        """One message, whatever its state."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                f"SELECT {COLUMNS} FROM messages WHERE id = %s".encode(), [message_id], binary=True
            )
            row = await cursor.fetchone()
        return _stored(row) if row else None

    async def discard(self, message_ids: Sequence[int], reason: str) -> int:
        """Give up on failed messages for good; they are kept. Returns how many."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """UPDATE messages SET state = 'discarded', reasons = reasons || %s::text
                    WHERE id = ANY(%s) AND state = 'failed'""",
                [reason, list(message_ids)],
            )
            return cursor.rowcount

    async def since(
        self, start: datetime, *, outcomes: Collection[str]
    ) -> AsyncIterator[StoredMessage]:
        """Messages received from `start` on that had one of these outcomes, in order.

        One at a time: a few with large attachments together would fill the memory.
        """
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """SELECT id FROM messages
                    WHERE received_at >= %s AND outcome = ANY(%s) ORDER BY id""",
                [start, list(outcomes)],
            )
            ids = [row["id"] async for row in cursor]
        for message_id in ids:
            stored = await self.get(message_id)
            if stored is not None:
                yield stored
