"""A mistake in a job is said at once and kept; what is only away is tried again."""

import asyncio
from collections.abc import Sequence

import psycopg
import pytest

from intake.actions.retry import retry_jobs
from intake.app.opening import Application
from intake.jobs.desk_watch import MOST_MISTAKES, DeskWatch
from intake.ports.desk import DeskEntry, DeskTicket, DeskUnavailable, PutResult
from intake.ports.desk_messages import DeskMessagePage
from intake.ports.memory_desk import MemoryDesk
from intake.settings.database import Database
from intake.store.job_failures import load_failures
from intake.store.transient_errors import is_transient
from tests.application import application, mail, rows, take_in

JOBS = "SELECT task_name, status FROM procrastinate_jobs"


class Mistaken(MemoryDesk):
    """A desk whose code has a mistake, until it is mended."""

    mended = False

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        if not self.mended:
            raise KeyError("stage")
        return await super().put(tickets, entries)


def failures_of(running: Application, job: str) -> float | None:
    registry = running.metrics.registry
    return registry.get_sample_value("intake_job_failures_total", {"job": job})


async def test_a_mistake_is_kept_and_not_repeated(database_settings: Database) -> None:
    desk = Mistaken()
    async with application(database_settings, desk=desk) as running:
        await take_in(running, mail())
        assert await rows(running, JOBS) == []
        assert failures_of(running, "desk_sync") == 1
        async with running.database.transaction() as connection:
            [failure] = await load_failures(connection)
        assert (failure.task, failure.arguments) == ("desk_sync", {"tickets": [1]})
        assert failure.reason == "KeyError: 'stage'"
        # The client had their answer all the same.
        assert await rows(running, "SELECT state FROM replies WHERE kind = 'acknowledgement'") == [
            {"state": "sent"}
        ]


async def test_once_mended_it_is_run_again_under_its_lock(database_settings: Database) -> None:
    desk = Mistaken()
    async with application(database_settings, desk=desk) as running:
        await take_in(running, mail())
        desk.mended = True
        assert await retry_jobs(running.context, None) == 1
        [job] = await rows(running, "SELECT lock FROM procrastinate_jobs")
        assert job["lock"].startswith("desk_sync:")
        await running.worker_pool.drain()
        assert len(desk.tickets) == 1
        assert await rows(running, "SELECT 1 FROM job_failures") == []


async def test_what_is_away_is_no_failure(database_settings: Database) -> None:
    desk = MemoryDesk()
    async with application(database_settings, desk=desk) as running:
        desk.down = True
        await take_in(running, mail())
        assert [job["status"] for job in await rows(running, JOBS)] == ["todo"]
        assert await rows(running, "SELECT 1 FROM job_failures") == []
        assert failures_of(running, "desk_sync") is None


class MistakenLook:
    """Changes at a desk, looked at by code with a mistake."""

    def __init__(self) -> None:
        self.looks = 0

    async def heard(self, last: object) -> DeskMessagePage:
        self.looks += 1
        raise TypeError("NoneType")


async def test_looking_at_the_desk_fails_loudly_and_not_for_ever(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        desk = MistakenLook()
        watch = DeskWatch(
            running.context,
            desk,  # type: ignore[arg-type]
            running.leases,
            poll=0.01,
            mistake_pause=0.01,
        )
        async with asyncio.timeout(60):
            await watch.run(asyncio.Event())
        assert desk.looks == MOST_MISTAKES
        assert failures_of(running, "desk_watch") == MOST_MISTAKES
        assert "TypeError" in running.metrics.failing["desk"]


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (DeskUnavailable("away"), True),
        (ConnectionResetError(), True),
        (TimeoutError(), True),
        (psycopg.InterfaceError("the cursor is closed"), True),
        (psycopg.InternalError("bad poll status"), True),
        (psycopg.errors.UndefinedColumn(), False),
        (KeyError("x"), False),
        (TypeError(), False),
    ],
)
def test_what_passes_is_said_in_one_place(error: Exception, passes: bool) -> None:
    assert is_transient(error) is passes
