"""Accepting: bytes, their job and the mailbox's place in one durable transaction."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import zstandard
from psycopg.types.json import Jsonb

from intake.journal.database import Connection, Database
from intake.journal.leases import Leases
from intake.journal.passing_trouble import transaction, worth_trying_again
from intake.listeners.arrival import Arrival, Cursor
from intake.mail.headers import message_digest, thread_key
from intake.work.queue import Queue, lane_of
from routing.vocabulary import Channel

INSERT = b"""
    INSERT INTO messages (key, source, channel, received_at, complete, details, raw, raw_size,
                          thread, digest)
    VALUES (%s, %s, %s, %s, %s, %s, %b, %s, %s, %s)
    ON CONFLICT (key) DO NOTHING
    RETURNING id
"""
SMALL = 256_000
"""Bytes up to which a batch is prepared on the spot, without the detour over a thread."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An arrival as it is stored."""

    arrival: Arrival
    raw: bytes
    thread: str
    digest: str


class Gate:
    """Fills `intake.listeners.arrival.Intake` with the journal."""

    def __init__(self, database: Database, queue: Queue, leases: Leases, lanes: int) -> None:
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
            waiting = await self._store(connection, rows)
            for lane, ids in sorted(waiting.items()):
                await self._queue.triage(connection, lane, ids)
            if cursor is not None:
                await _keep_place(connection, source, cursor)
        return sum(len(ids) for ids in waiting.values())

    async def _store(
        self, connection: Connection, rows: Sequence[Prepared]
    ) -> dict[int, list[int]]:
        waiting: dict[int, list[int]] = {}
        if not rows:
            return waiting
        async with connection.cursor() as cursor:
            await cursor.executemany(INSERT, [_values(row) for row in rows], returning=True)
            for row in rows:
                stored = await cursor.fetchone()
                if stored is not None:
                    waiting.setdefault(lane_of(row.thread, self._lanes), []).append(stored["id"])
                cursor.nextset()
        return waiting

    async def cursor(self, source: str) -> Cursor | None:
        """See `Intake.cursor`."""
        async with transaction(self._database) as connection:
            found = await connection.execute(
                """SELECT uid_validity, last_uid, first_uid, left_before, generation
                     FROM mailbox_cursors WHERE source = %s""",
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
        with worth_trying_again():
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
    # Mail says itself what conversation it belongs to; the other channels' listeners say it.
    if arrival.channel is Channel.EMAIL:
        thread, digest = thread_key(arrival.raw), message_digest(arrival.raw)
    else:
        thread, digest = arrival.details.get("conversation", ""), ""
    return Prepared(
        arrival=arrival,
        raw=zstandard.compress(arrival.raw, 1),
        # Two copies of a mail that names no conversation must still meet in one lane.
        thread=thread or digest or arrival.key,
        digest=digest or hashlib.sha256(arrival.key.encode()).hexdigest(),
    )


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
    )


async def _keep_place(connection: Connection, source: str, cursor: Cursor) -> None:
    await connection.execute(
        """INSERT INTO mailbox_cursors
                  (source, uid_validity, last_uid, first_uid, left_before, generation)
           VALUES (%s, %s, %s, %s, %s, %s)
           ON CONFLICT (source) DO UPDATE SET uid_validity = excluded.uid_validity,
               last_uid = excluded.last_uid, first_uid = excluded.first_uid,
               left_before = excluded.left_before, generation = excluded.generation,
               updated_at = now()""",
        [
            source,
            cursor.uid_validity,
            cursor.last_uid,
            cursor.first_uid,
            cursor.left_before,
            cursor.generation,
        ],
    )
