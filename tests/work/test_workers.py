"""Jobs whose worker is gone are taken over; jobs in hand are left alone."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from tenacity import AsyncRetrying, stop_after_delay, wait_fixed

from intake.active_config import build_config
from intake.jobs import workers
from intake.jobs.workers import WorkerPool
from intake.ports.memory_sender import MemorySender
from intake.ports.sender import Delivery, Outgoing
from intake.settings.database import Database
from intake.store.queue import FETCH
from tests.application import SOURCE, application, arrival, mail, rows, settings


async def test_a_job_of_a_dead_worker_is_taken_over(database_settings: Database) -> None:
    async with application(database_settings) as running:
        await running.inbox.accept([arrival(mail())], source=SOURCE)
        # As a killed daemon leaves it: begun, by a worker that holds no lease any more.
        await rows(
            running,
            """WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)
                             VALUES (now() - interval '3 seconds') RETURNING id)
               UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)
               RETURNING id""",
        )
        await running.worker_pool.drain()
        assert len(await rows(running, "SELECT 1 FROM tickets")) == 1


async def test_a_job_of_a_living_worker_is_left_alone(database_settings: Database) -> None:
    async with application(database_settings) as ours, application(database_settings) as theirs:
        await ours.inbox.accept([arrival(mail())], source=SOURCE)
        [row] = await rows(
            ours,
            """WITH living AS (INSERT INTO procrastinate_workers (last_heartbeat)
                               VALUES (now() - interval '3 seconds') RETURNING id)
               UPDATE procrastinate_jobs SET status = 'doing',
                      worker_id = (SELECT id FROM living) RETURNING worker_id""",
        )
        assert await theirs.leases.take(f"worker:{row['worker_id']}")
        await ours.worker_pool.take_over(None)
        assert await rows(ours, "SELECT status FROM procrastinate_jobs") == [{"status": "doing"}]


async def test_an_ending_that_was_lost_is_noticed_on_the_second_look(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        await running.inbox.accept([arrival(mail())], source=SOURCE)
        [row] = await rows(
            running,
            """WITH mine AS (INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id)
               UPDATE procrastinate_jobs SET status = 'doing',
                      worker_id = (SELECT id FROM mine) RETURNING worker_id""",
        )
        worker_pool = running.worker_pool
        suspects = await worker_pool.take_over(row["worker_id"])
        assert len(suspects) == 1
        assert await worker_pool.take_over(row["worker_id"], suspects) == set()
        assert await rows(running, "SELECT status FROM procrastinate_jobs") == [{"status": "todo"}]


async def test_the_next_job_of_a_lane_does_not_wait_for_a_poll(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        stopping = asyncio.Event()
        working = asyncio.create_task(running.worker_pool.run(stopping))
        for number in range(6):
            raw = mail(message_id=f"<m{number}@x.br>", References="<raiz@x.br>")
            await running.inbox.accept([arrival(raw, number)], source=SOURCE)
        async for attempt in AsyncRetrying(stop=stop_after_delay(10), wait=wait_fixed(0.01)):
            with attempt:
                assert not await rows(running, "SELECT 1 FROM messages WHERE state = 'new'")
        stopping.set()
        await working
        assert len(await rows(running, "SELECT 1 FROM messages WHERE state = 'done'")) == 6


class CancelledBadly(WorkerPool):
    """As psycopg does where a query is cancelled whose connection is broken."""

    async def take_over(
        self, own: int | None, suspects: frozenset[int] | set[int] = frozenset()
    ) -> set[int]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise psycopg.OperationalError("the connection is lost") from None
        raise AssertionError("nobody sets it")


async def test_a_look_that_is_cancelled_with_an_error_does_not_keep_the_worker_from_ending(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        worker_pool = CancelledBadly(running.app, running.context, running.leases)
        stopping = asyncio.Event()
        working = asyncio.create_task(worker_pool.run(stopping))
        async for attempt in AsyncRetrying(stop=stop_after_delay(10), wait=wait_fixed(0.01)):
            with attempt:
                assert await rows(running, "SELECT 1 FROM procrastinate_workers")
        stopping.set()
        async with asyncio.timeout(10):
            await working


class SilentServer(MemorySender):
    """As a mail server that takes the connection and then keeps silent, until `answers_now`."""

    def __init__(self) -> None:
        super().__init__()
        self.answers_now = asyncio.Event()

    async def send(self, outgoing: Outgoing) -> Delivery:
        await self.answers_now.wait()
        return await super().send(outgoing)


async def test_a_mail_server_that_keeps_silent_holds_up_no_ticket(
    database_settings: Database,
) -> None:
    sender = SilentServer()
    replies = {"backend": "maildir", "outbox": "/nonexistent", "per_address_hour": 100}
    async with application(
        database_settings,
        sender=sender,
        work={"partitions": 16, "concurrency": 2},
        smtp={"connections": 3},
        replies=replies,
    ) as running:
        stopping = asyncio.Event()
        working = asyncio.create_task(running.worker_pool.run(stopping))
        for number in range(12):
            raw = mail(message_id=f"<silent{number}@x.br>")
            await running.inbox.accept([arrival(raw, number)], source=SOURCE)
        async for attempt in AsyncRetrying(stop=stop_after_delay(30), wait=wait_fixed(0.02)):
            with attempt:
                assert len(await rows(running, "SELECT 1 FROM tickets")) == 12
        assert sender.sent == []
        sender.answers_now.set()
        async for attempt in AsyncRetrying(stop=stop_after_delay(30), wait=wait_fixed(0.02)):
            with attempt:
                assert len(sender.sent) == 12
        stopping.set()
        await working


async def test_a_reload_that_brings_the_first_app_brings_who_runs_its_errands(
    database_settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.01)
    app = {"name": "site", "secrets": [{"env": "NOT_READ"}], "callback": "https://app.test/desk"}
    async with application(database_settings) as running:
        stopping = asyncio.Event()
        working = asyncio.create_task(running.worker_pool.run(stopping))
        async with running.database.transaction() as connection:
            await running.context.queue.put(connection, FETCH, message=1)
        running.activate(build_config(settings(database_settings, app=[app])))
        async for attempt in AsyncRetrying(stop=stop_after_delay(20), wait=wait_fixed(0.02)):
            with attempt:
                waiting = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'fetch'"
                assert not await rows(running, waiting)
        stopping.set()
        await working


async def test_a_dead_worker_s_job_whose_like_waits_already_is_dropped(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        at = running.context.clock() + timedelta(hours=1)

        async def put() -> None:
            async with running.database.transaction() as connection:
                await running.context.queue.put_once(connection, FETCH, "one", at=at, message=1)

        await put()
        await rows(
            running,
            """WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat)
                             VALUES (now() - interval '3 seconds') RETURNING id)
               UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)
               RETURNING id""",
        )
        await put()
        await running.worker_pool.take_over(None)
        assert await rows(running, "SELECT status FROM procrastinate_jobs") == [{"status": "todo"}]
