"""The queue: which jobs there are, and how they are put beside our own rows.

A job is written in the same transaction as the rows that it is about, so neither exists without
the other. Order is kept by lanes: a conversation always falls into the same lane, and jobs of one
lane run one after the other, on whichever daemon. A job carries all rows of its lane that were
written together: one message at rest, several when there is a backlog.
"""

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool

from intake.store.database import IDLE_SECONDS, KEEPALIVES, Connection

TRIAGE = "triage"
DELIVER = "deliver"
DESK_SYNC = "desk_sync"
FETCH = "fetch"
"""Files that a message only names."""
CALLBACK = "callback"
"""What an app is told of its requests."""
CARD = "card"
"""A card in Trello."""
FIRE_ALARMS = "fire_alarms"
"""Alarms that are due."""
DIGEST = "digest"
"""What each level is sent in the morning."""
FOLLOW_UP = "follow_up"
"""What people did on a ticket."""

WAYS_TO_THE_DESK = 3
"""On which tickets are carried at a time."""
DUE = """
    SELECT 1 FROM procrastinate_jobs
     WHERE task_name = %s AND queue_name = task_name AND status = 'todo' AND lock IS NULL
       AND coalesce(scheduled_at, '-infinity') <= now() LIMIT 1
"""

HURRY = """
    UPDATE procrastinate_jobs SET scheduled_at = now()
     WHERE task_name = %s AND status = 'todo' AND scheduled_at > now()
"""


def lane_of(conversation: str, lanes: int) -> int:
    """The lane of a conversation: the same on all hosts and for ever."""
    return zlib.crc32(conversation.encode("utf-8", "replace")) % lanes


class Queue:
    """Puts jobs on the queue, inside the caller's transaction."""

    def __init__(self, app: procrastinate.App) -> None:
        self.app = app

    async def triage(self, connection: Connection, lane: int, messages: Sequence[int]) -> None:
        """Messages of one lane that wait to become tickets, in their order."""
        await self.put(connection, TRIAGE, f"{TRIAGE}:{lane}", messages=list(messages))

    async def quarantine(self, connection: Connection, messages: Sequence[int]) -> None:
        """Messages that were in hand when a process died, and what follows them: out of their lane,
        one after the other on whichever daemon."""
        await self.put(
            connection,
            TRIAGE,
            f"{TRIAGE}:quarantine",
            messages=list(messages),
            quarantined=True,
        )

    async def triage_bursts(
        self, connection: Connection, messages: Sequence[int], at: datetime
    ) -> None:
        """Short messages, once their persons have perhaps written what belongs to them.

        Not in a lane: a job that waits for its time would hold up all others in it. Two that meet
        keep apart by the rows that they lock.
        """
        await self.put(connection, TRIAGE, at=at, messages=list(messages))

    async def deliver(
        self, connection: Connection, replies: Sequence[str], at: datetime | None = None
    ) -> None:
        """Replies to send, by uid, at once or later."""
        await self.put(connection, DELIVER, at=at, replies=list(replies))

    async def sync(self, connection: Connection, way: int, tickets: Iterable[int]) -> None:
        """Tickets of one way to the desk, of which it does not know everything yet.

        There are few ways: more comes together into each call, which costs the desk more than what
        it brings. Only the outbox calls this: it knows a ticket's way.
        """
        lock = f"{DESK_SYNC}:{way}"
        await self.put(connection, DESK_SYNC, lock, tickets=sorted(set(tickets)))

    async def sync_alone(
        self, connection: Connection, lock: str, tickets: Iterable[int], attempts: int
    ) -> None:
        """Each by itself, in that lane: together with others they were not taken."""
        for ticket in tickets:
            await self.put(
                connection, DESK_SYNC, lock, tickets=[ticket], attempts=attempts, alone=True
            )

    async def sync_later(
        self, connection: Connection, lock: str, ticket: int, attempts: int, at: datetime
    ) -> None:
        """One that the desk cannot take now; at its time it goes into that lane again.

        Until then in no lane: a job that waits for its time would hold up all others of its lock.
        """
        name = f"{DESK_SYNC}-later:{ticket}"
        await self.put_once(
            connection, DESK_SYNC, name, at=at, tickets=[ticket], attempts=attempts, lane=lock
        )

    async def hurry_sync(self, connection: Connection) -> None:
        """What waits to be tried again at the desk need not wait any longer."""
        await connection.execute(HURRY, [DESK_SYNC])

    async def drop_broken_connections(self) -> None:
        """After the database was away: otherwise each broken one costs a failure."""
        connector = self.app.connector
        assert isinstance(connector, procrastinate.PsycopgConnector)
        await connector.pool.check()

    async def put(
        self,
        connection: Connection,
        task: str,
        lock: str | None = None,
        *,
        at: datetime | None = None,
        **arguments: Any,
    ) -> None:
        """A job of that name; jobs that share a `lock` run one after the other, in their order.

        One that waits for its time (`at`) holds up those of its lock that were put after it.
        """
        deferrer = self.app.configure_task(
            task, lock=lock, schedule_at=at, connection=connection, queue=task
        )
        await deferrer.defer_async(**arguments)

    async def put_once(
        self, connection: Connection, task: str, name: str, *, at: datetime, **arguments: Any
    ) -> None:
        """The same, unless one of that `name` waits already."""
        deferrer = self.app.configure_task(
            task, queueing_lock=name, schedule_at=at, connection=connection, queue=task
        )
        try:
            # A statement that fails would end the caller's transaction.
            async with connection.transaction():
                await deferrer.defer_async(**arguments)
        except AlreadyEnqueued:
            return

    async def put_unless_due(self, connection: Connection, task: str) -> None:
        """A job of that name to be run now, unless one that nobody has begun is due already.

        For jobs that take up all that there is to do: those behind the first would find nothing.
        That one may begin before the caller's transaction ends, and not see what it wrote.
        """
        cursor = await connection.execute(DUE.encode(), [task])
        if await cursor.fetchone() is None:
            await self.put(connection, task)


def open_pool(url: str, size: int) -> AsyncConnectionPool[psycopg.AsyncConnection[dict[str, Any]]]:
    """The queue's own connections, by which workers fetch and finish jobs.

    They commit without waiting for the disk: what a crash of the database takes back is only that
    a job was begun or ended, and then the job runs again, which every job of ours allows.
    """
    return AsyncConnectionPool(
        url,
        min_size=1,
        max_size=size,
        timeout=30,
        max_idle=IDLE_SECONDS,
        connection_class=psycopg.AsyncConnection[dict[str, Any]],
        configure=_autocommit,
        kwargs={
            "row_factory": dict_row,
            "options": "-c synchronous_commit=off",
            **KEEPALIVES,
        },
        open=False,
    )


async def _autocommit(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
