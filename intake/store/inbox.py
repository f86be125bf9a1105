"""Accept messages: their bytes, their jobs and the mailbox cursor in one durable transaction."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import zstandard
from psycopg.types.json import Jsonb

from intake.content.headers import message_digest, thread_position
from intake.ports.arrivals import Arrival, Cursor
from intake.store.database import Connection, Database
from intake.store.leases import Leases
from intake.store.queue import FETCH, Queue, lane_of
from intake.store.transient_errors import as_unavailable, transaction
from routing.burst import BURSTING
from routing.vocabulary import Channel

INSERT = b"""
    INSERT INTO messages (key, source, channel, received_at, complete, details, raw, raw_size,
                          thread, digest, message_id)
    VALUES (%s, %s, %s, %s, %s, %s, %b, %s, %s, %s, %s)
    ON CONFLICT (key) DO NOTHING
    RETURNING id
"""
FILE = """
    INSERT INTO message_files (message_id, position, url, content_type) VALUES (%s, %s, %s, %s)
"""
PARENTS = """
    SELECT DISTINCT ON (message_id) message_id, thread FROM messages
     WHERE message_id = ANY(%s) ORDER BY message_id, id
"""
DATABASE_ID = """(
    (SELECT system_identifier FROM pg_control_system()) || '/' || 'mailbox_cursors'::regclass::oid
)"""
"""Identifies the database. It changes when the database is restored from a dump, since the table is
then created anew. It does not change when a file system snapshot is restored, which nothing inside
the database can detect.
"""
SMALL = 8_000
"""Batches of at most this many bytes are prepared directly, without a thread. Larger ones would
block everything else that the daemon does.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An arrival in the form in which it is stored."""

    arrival: Arrival
    raw: bytes
    thread: str
    digest: str
    message_id: str = ""
    parent: str = ""
    """The Message-ID of the mail it answers, if it names nothing else of its conversation."""


class Inbox:
    """Implements `intake.ports.arrivals.Intake` with the database."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        leases: Leases,
        lanes: int,
        silence: Callable[[], timedelta] = timedelta,
    ) -> None:
        """`silence` is how long to wait after a short message in case another follows."""
        self._silence = silence
        self._database = database
        self._queue = queue
        self._leases = leases
        self._lanes = lanes

    async def accept(
        self, arrivals: Sequence[Arrival], *, source: str, cursor: Cursor | None = None
    ) -> int:
        """See `Intake.accept`."""
        if sum(len(arrival.raw) for arrival in arrivals) <= SMALL:
            rows = [_prepare(arrival) for arrival in arrivals]
        else:
            rows = await asyncio.to_thread(lambda: [_prepare(arrival) for arrival in arrivals])
        async with transaction(self._database) as connection:
            stored = await self._store(connection, await _followed(connection, rows))
            waiting: dict[int, list[int]] = {}
            talks: dict[int, datetime] = {}
            for row, message in stored:
                await self._name_files(connection, row, message)
                if row.arrival.channel in BURSTING:
                    talks[message] = row.arrival.received_at
                else:
                    lane = lane_of(row.thread, self._lanes)
                    waiting.setdefault(lane, []).append(message)
            if talks:
                # Each short message has a job. The first job that finds no newer message takes the
                # whole burst.
                at = max(talks.values()) + self._silence()
                await self._queue.triage_bursts(connection, list(talks), at)
            for lane, ids in sorted(waiting.items()):
                await self._queue.triage(connection, lane, ids)
            if cursor is not None:
                await _keep_place(connection, source, cursor)
        return len(stored)

    async def _name_files(self, connection: Connection, row: Prepared, message: int) -> None:
        for position, file in enumerate(row.arrival.files):
            await connection.execute(FILE, [message, position, file.url, file.content_type])
        if row.arrival.files:
            await self._queue.put(connection, FETCH, message=message)

    async def _store(
        self, connection: Connection, rows: Sequence[Prepared]
    ) -> list[tuple[Prepared, int]]:
        """Store the arrivals. Returns the new ones, with their ids."""
        found: list[tuple[Prepared, int]] = []
        if not rows:
            return found
        async with connection.cursor() as cursor:
            await cursor.executemany(INSERT, [_values(row) for row in rows], returning=True)
            for row in rows:
                stored = await cursor.fetchone()
                if stored is not None:
                    found.append((row, stored["id"]))
                cursor.nextset()
        return found

    async def cursor(self, source: str) -> Cursor | None:
        """See `Intake.cursor`."""
        async with transaction(self._database) as connection:
            found = await connection.execute(
                f"""SELECT uid_validity, last_uid, first_uid, left_before, generation,
                           first_look_at, looked_at, newest_existing,
                           coalesce(database_id <> {DATABASE_ID}, false) AS restored
                      FROM mailbox_cursors WHERE source = %s""".encode(),
                [source],
            )
            row = await found.fetchone()
        return Cursor(**row) if row else None

    async def known_keys(self, keys: Sequence[str]) -> frozenset[str]:
        """See `Intake.known_keys`."""
        async with transaction(self._database) as connection:
            found = await connection.execute(
                "SELECT key FROM messages WHERE key = ANY(%s)", [list(keys)]
            )
            return frozenset([row["key"] async for row in found])

    @asynccontextmanager
    async def lease(self, source: str) -> AsyncIterator[bool]:
        """See `Intake.lease`."""
        with as_unavailable():
            ours = await self._leases.take(source)
        try:
            yield ours
        finally:
            if ours:
                await self._leases.release(source)

    async def check_lease(self, source: str) -> None:
        """See `Intake.check_lease`."""
        await self._leases.check(source)


def _prepare(arrival: Arrival) -> Prepared:
    # A mail names its own conversation; for other channels the listener names it.
    raw = zstandard.compress(arrival.raw, 1)
    if arrival.channel is not Channel.EMAIL:
        return Prepared(
            arrival=arrival,
            raw=raw,
            thread=arrival.details.get("conversation", "") or arrival.key,
            digest=hashlib.sha256(arrival.key.encode()).hexdigest(),
        )
    digest, place = message_digest(arrival.raw), thread_position(arrival.raw)
    return Prepared(
        arrival=arrival,
        raw=raw,
        # Two copies of a mail that names no conversation must still get into the same partition.
        thread=place.root or digest,
        digest=digest,
        message_id=place.own,
        parent=place.parent,
    )


async def _followed(connection: Connection, rows: Sequence[Prepared]) -> Sequence[Prepared]:
    """Set the conversation of mails that name only the mail they answer.

    Otherwise an answer to an answer could be processed before it, in another partition.
    """
    parents = {row.parent for row in rows if row.parent}
    if not parents:
        return rows
    cursor = await connection.execute(PARENTS, [sorted(parents)])
    threads = {row["message_id"]: row["thread"] async for row in cursor}
    followed = []
    for row in rows:
        if row.parent in threads:
            row = replace(row, thread=threads[row.parent])
        if row.message_id:
            threads.setdefault(row.message_id, row.thread)
        followed.append(row)
    return followed


def _values(row: Prepared) -> tuple[object, ...]:
    arrival = row.arrival
    return (
        arrival.key,
        arrival.source,
        arrival.channel.value,
        arrival.received_at,
        arrival.complete,
        Jsonb(dict(arrival.details)),
        row.raw,
        len(arrival.raw),
        row.thread,
        row.digest,
        row.message_id,
    )


async def _keep_place(connection: Connection, source: str, cursor: Cursor) -> None:
    await connection.execute(
        f"""INSERT INTO mailbox_cursors
                  (source, uid_validity, last_uid, first_uid, left_before, generation,
                   first_look_at, looked_at, newest_existing, database_id)
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, {DATABASE_ID})
           ON CONFLICT (source) DO UPDATE SET uid_validity = excluded.uid_validity,
               last_uid = excluded.last_uid, first_uid = excluded.first_uid,
               left_before = excluded.left_before, generation = excluded.generation,
               first_look_at = excluded.first_look_at, looked_at = excluded.looked_at,
               newest_existing = excluded.newest_existing, database_id = excluded.database_id,
               updated_at = now()""".encode(),
        [
            source,
            cursor.uid_validity,
            cursor.last_uid,
            cursor.first_uid,
            cursor.left_before,
            cursor.generation,
            cursor.first_look_at,
            cursor.looked_at,
            cursor.newest_existing,
        ],
    )
