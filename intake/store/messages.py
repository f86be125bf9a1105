"""Messages as stored."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace
from datetime import datetime

import zstandard
from psycopg.rows import DictRow

from intake.ports.messages import StoredFile, StoredMessage
from intake.store.database import Connection, Database
from routing.burst import BURSTING
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


OUTCOME_OF = """
    SELECT m.id, m.state, m.error, t.number, t.title, t.request_type, t.priority, t.level, t.owner,
           t.first_response_due, t.resolution_due, t.deadline
      FROM messages m LEFT JOIN tickets t ON t.id = m.ticket_id WHERE m.key = %s
"""
LAST_WAITING = """
    SELECT max(id) AS id FROM messages WHERE state = 'new' AND channel = ANY(%s) GROUP BY thread
"""
BY_NAME = """
    SELECT id FROM messages
     WHERE message_id = ANY(%s) AND channel = 'whatsapp' AND state = 'done' ORDER BY id
"""
LAST_HEARD = "SELECT max(received_at) AS last FROM messages WHERE thread = %s"
AGAIN = """
    UPDATE messages SET state = 'new', error = NULL
     WHERE state = 'failed' AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
    RETURNING id, thread, raw_size
"""
PROGRESS = """
    SELECT count(*) FILTER (
               WHERE m.id IS NULL OR m.state = 'new'
                  OR EXISTS (SELECT 1 FROM replies r
                              WHERE r.ticket_id = m.ticket_id
                                AND r.state = 'queued' AND r.attempts = 0)
           ) AS waiting,
           count(*) FILTER (WHERE m.state = 'failed') AS failed
      FROM unnest(%(keys)s::text[]) AS wanted
      LEFT JOIN messages m ON m.key = wanted
"""


def stored_message(row: DictRow) -> StoredMessage:
    """A message from a row with COLUMNS that was read in binary format."""
    raw = zstandard.ZstdDecompressor().decompressobj().decompress(row.pop("raw"))
    return StoredMessage(**{**row, "channel": Channel(row["channel"])}, raw=raw)


async def with_files(
    connection: Connection, messages: Sequence[StoredMessage]
) -> list[StoredMessage]:
    """The same messages, each with the files that it names."""
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
    """Lock those of the messages that still wait. An earlier job may have processed the others."""
    cursor = await connection.execute(
        "SELECT id FROM messages WHERE id = ANY(%s) AND state = 'new' ORDER BY id FOR UPDATE",
        [list(ids)],
    )
    return frozenset([row["id"] async for row in cursor])


async def mark_failed(connection: Connection, message_id: int, error: str) -> bool:
    """Mark a message as failed, so that a person looks at it (`intake failed`). False if it is no
    longer waiting.
    """
    cursor = await connection.execute(
        """UPDATE messages SET state = 'failed', error = %s, claimed_by = NULL,
                               processed_at = now()
            WHERE id = %s AND state = 'new'""",
        [_storable(error), message_id],
    )
    return cursor.rowcount > 0


def _storable(text: str) -> str:
    """Make an error's text storable: it may quote its cause, and PostgreSQL accepts neither NUL nor
    lone surrogates.
    """
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


async def outcome_of(connection: Connection, key: str) -> DictRow | None:
    """What became of the message with that key, and its ticket's present state."""
    cursor = await connection.execute(OUTCOME_OF, [key])
    return await cursor.fetchone()


async def last_of_each_burst(connection: Connection) -> list[int]:
    """The newest waiting short message of every conversation."""
    cursor = await connection.execute(LAST_WAITING, [[channel.value for channel in BURSTING]])
    return [row["id"] async for row in cursor]


async def by_provider_name(connection: Connection, names: Sequence[str]) -> list[StoredMessage]:
    """WhatsApp messages already decided, by the provider's ids of them, oldest first."""
    cursor = await connection.execute(BY_NAME, [list(names)])
    return await load_messages(connection, [row["id"] async for row in cursor], state="done")


async def last_heard(connection: Connection, conversation: str) -> datetime | None:
    """When the conversation's last message was received; None if there is none."""
    cursor = await connection.execute(LAST_HEARD, [conversation])
    row = await cursor.fetchone()
    return row["last"] if row else None


async def queue_failed_again(
    connection: Connection, ids: Sequence[int] | None
) -> list[tuple[int, str, int]]:
    """Let failed messages wait again; None means all of them. Returns id, conversation and size."""
    cursor = await connection.execute(AGAIN, {"ids": None if ids is None else list(ids)})
    return [(row["id"], row["thread"], row["raw_size"]) async for row in cursor]


async def progress_of(connection: Connection, keys: Sequence[str]) -> DictRow:
    """How many of these messages wait for a decision or an answer, and how many failed."""
    row = await (await connection.execute(PROGRESS, {"keys": list(keys)})).fetchone()
    assert row is not None, "an aggregate always gives a row"
    return row


class MessageStore:
    """Messages for people to look at."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def failed(self) -> list[DictRow]:
        """Messages that could not be processed, oldest first."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                """SELECT id, source, channel, received_at, error, attempts, raw_size
                     FROM messages WHERE state = 'failed' ORDER BY id"""
            )
            return await cursor.fetchall()

    async def under_attempt(self) -> list[DictRow]:
        """Messages that a process is working on, or was when it died; `deaths` counts the
        latter.
        """
        async with self._database.transaction() as connection:
            cursor = await connection.execute(UNDER_ATTEMPT)
            return await cursor.fetchall()

    async def get(self, message_id: int) -> StoredMessage | None:
        """One message in any state; None if there is none."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                f"SELECT {COLUMNS} FROM messages WHERE id = %s".encode(), [message_id], binary=True
            )
            row = await cursor.fetchone()
            found = await with_files(connection, [stored_message(row)] if row else [])
        return found[0] if found else None

    async def folded_into(self, message_id: int) -> list[StoredMessage]:
        """The further messages that were decided together with this first one, in order."""
        async with self._database.transaction() as connection:
            cursor = await connection.execute(
                f"SELECT {COLUMNS} FROM messages WHERE folded_into = %s ORDER BY id".encode(),
                [message_id],
                binary=True,
            )
            return await with_files(connection, [stored_message(row) async for row in cursor])

    async def discard(self, message_ids: Sequence[int], reason: str) -> int:
        """Give up for good on messages that failed or are being attempted; they are kept.

        Returns how many there were.
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
        """Messages received from `start` on with one of these outcomes, in order.

        Of messages decided together only the first is included: see `folded_into`. They are loaded
        one at a time, because a few with large attachments would fill the memory.
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
