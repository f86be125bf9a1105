"""The queue: which jobs there are, and how they are added together with our own rows.

A job is written in the same transaction as the rows it is about, so neither exists without the
other. Partitions keep the order: a conversation always falls into the same partition, and its jobs
run one after the other, on whichever daemon. One job covers all rows of its partition that were
written together: usually one message, several when there is a backlog.
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
"""Fetch files that a message names only by URL."""
CALLBACK = "callback"
"""Tell an app what became of its request."""
CARD = "card"
"""Make a card in Trello."""
FIRE_ALARMS = "fire_alarms"
"""Fire due alarms."""
DIGEST = "digest"
"""Send each level its morning digest."""
FOLLOW_UP = "follow_up"
"""Follow up what people did on a ticket."""

DESK_SYNC_WAYS = 3
"""Number of partitions of the desk sync: at most this many of its jobs run at a time."""
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
    """The partition of a conversation: the same on all hosts and for ever."""
    return zlib.crc32(conversation.encode("utf-8", "replace")) % lanes


class Queue:
    """Adds jobs to the queue, in the caller's transaction."""

    def __init__(self, app: procrastinate.App) -> None:
        self.app = app

    async def triage(self, connection: Connection, lane: int, messages: Sequence[int]) -> None:
        """Triage messages of one partition, in their order."""
        await self.put(connection, TRIAGE, f"{TRIAGE}:{lane}", messages=list(messages))

    async def quarantine(self, connection: Connection, messages: Sequence[int]) -> None:
        """Triage messages with which a process died, and those that follow them, outside their
        partition: one after the other, on whichever daemon.
        """
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
        """Triage short messages at `at`, when their senders may have finished writing.

        These jobs have no lock, because a job that waits for its time would hold up all others with
        its lock. Two that run at once are kept apart by the rows they lock.
        """
        await self.put(connection, TRIAGE, at=at, messages=list(messages))

    async def deliver(
        self, connection: Connection, replies: Sequence[str], at: datetime | None = None
    ) -> None:
        """Send replies, given by uid, at once or at `at`."""
        await self.put(connection, DELIVER, at=at, replies=list(replies))

    async def sync(self, connection: Connection, way: int, tickets: Iterable[int]) -> None:
        """Sync tickets that share a desk partition and that the desk does not have completely.

        There are few partitions, so that each call to the desk covers more: a call costs the desk
        more than its contents. Only the outbox calls this, because it knows a ticket's partition.
        """
        lock = f"{DESK_SYNC}:{way}"
        await self.put(connection, DESK_SYNC, lock, tickets=sorted(set(tickets)))

    async def sync_alone(
        self, connection: Connection, lock: str, tickets: Iterable[int], attempts: int
    ) -> None:
        """Sync each ticket in a job of its own under this lock, after the desk refused them
        together.
        """
        for ticket in tickets:
            await self.put(
                connection, DESK_SYNC, lock, tickets=[ticket], attempts=attempts, alone=True
            )

    async def sync_later(
        self, connection: Connection, lock: str, ticket: int, attempts: int, at: datetime
    ) -> None:
        """Try again at `at` to sync a ticket that the desk cannot take now, under this lock.

        Until then the job has no lock, because it would hold up all others with the same lock.
        """
        name = f"{DESK_SYNC}-later:{ticket}"
        await self.put_once(
            connection, DESK_SYNC, name, at=at, tickets=[ticket], attempts=attempts, lane=lock
        )

    async def hurry_sync(self, connection: Connection) -> None:
        """Run jobs now that wait to try the desk again."""
        await connection.execute(HURRY, [DESK_SYNC])

    async def drop_broken_connections(self) -> None:
        """Close broken connections after the database was unreachable. Each would cause a
        failure.
        """
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
        """Add a job named `task`; jobs with the same `lock` run one after the other, in their
        order.

        A job that waits for its time (`at`) holds up later jobs with its lock.
        """
        deferrer = self.app.configure_task(
            task, lock=lock, schedule_at=at, connection=connection, queue=task
        )
        await deferrer.defer_async(**arguments)

    async def put_once(
        self, connection: Connection, task: str, name: str, *, at: datetime, **arguments: Any
    ) -> None:
        """Like `put` without a lock, unless a job with this `name` is already waiting."""
        deferrer = self.app.configure_task(
            task, queueing_lock=name, schedule_at=at, connection=connection, queue=task
        )
        try:
            # In a savepoint, because a failing statement would end the caller's transaction.
            async with connection.transaction():
                await deferrer.defer_async(**arguments)
        except AlreadyEnqueued:
            return

    async def put_unless_due(self, connection: Connection, task: str) -> None:
        """Add a job to run now, unless one that has not begun is already due.

        For jobs that process everything there is to do, so that a second one would find nothing.
        The waiting job may begin before the caller's transaction ends and not see what it wrote.
        """
        cursor = await connection.execute(DUE.encode(), [task])
        if await cursor.fetchone() is None:
            await self.put(connection, task)


def open_pool(url: str, size: int) -> AsyncConnectionPool[psycopg.AsyncConnection[dict[str, Any]]]:
    """The queue's own connections, with which workers fetch and finish jobs.

    They commit without waiting for the disk. If the database crashes, at most the start or end of a
    job is lost. Then the job runs again, which all our jobs allow.
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
