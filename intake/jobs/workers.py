"""The workers of this daemon, and the recovery of jobs whose worker is gone.

There is one worker each for triage, replies, desk sync, alarms, follow-up, and errands (other
servers). So a mail server that does not answer holds up no ticket, and a desk that takes half a
minute to answer holds up no acknowledgement.

Every worker holds a lease (a session's advisory lock) under its number, so the jobs of a killed
daemon are taken over within seconds. A worker that hangs is found by its heartbeat.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.worker import Worker
from psycopg.rows import DictRow

from intake.context import Context
from intake.ports.arrivals import LeaseLost
from intake.settings.model import Settings
from intake.store.database import DatabaseUnavailable
from intake.store.error_words import words_of
from intake.store.job_failures import record_failure
from intake.store.leases import Leases
from intake.store.queue import (
    CALLBACK,
    CARD,
    DELIVER,
    DESK_SYNC,
    DESK_SYNC_WAYS,
    DIGEST,
    FETCH,
    FIRE_ALARMS,
    FOLLOW_UP,
    TRIAGE,
)
from intake.store.queue_state import count_ready, running_jobs
from intake.store.transient_errors import is_transient

log = structlog.get_logger()

LOOK_SECONDS = 2.0
"""Seconds between checks for jobs that lost their worker; also the time that a new worker has to
take its lease."""
LEAVE_SECONDS = 10.0
"""Seconds after `work.shutdown_grace` at which a worker that does not end is abandoned."""
AGAIN_SECONDS = 1.0
"""Seconds before a worker that failed (the database went away) is started again."""

WATCHING = 2
ERRANDS = 4
"""Errands at a time: several, because another server may be slow."""


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """What one worker does, and how many jobs at a time."""

    name: str
    queues: tuple[str, ...] | None
    """None: all queues."""
    at_a_time: Callable[[Settings], int]
    wanted: Callable[[Settings], bool] = lambda _: True


def _errands_wanted(settings: Settings) -> bool:
    return bool(settings.twilio or settings.app or settings.trello)


WORKER_SPECS = (
    WorkerSpec("triage", (TRIAGE,), lambda settings: settings.work.concurrency),
    WorkerSpec("deliver", (DELIVER,), lambda settings: settings.smtp.connections),
    WorkerSpec("desk_sync", (DESK_SYNC,), lambda _: DESK_SYNC_WAYS),
    # Alarms have their own worker, so that thousands of follow-ups after an outage hold up none.
    WorkerSpec(
        "clock", (FIRE_ALARMS, DIGEST), lambda _: 1, lambda settings: settings.watch.enabled
    ),
    WorkerSpec("watch", (FOLLOW_UP,), lambda _: WATCHING, lambda settings: settings.watch.enabled),
    WorkerSpec("errands", (FETCH, CALLBACK, CARD), lambda _: ERRANDS, _errands_wanted),
)
EVERYBODY = WorkerSpec("drain", None, lambda settings: settings.work.concurrency)


def most_at_a_time(settings: Settings) -> int:
    """How many jobs all workers together run at a time."""
    return sum(spec.at_a_time(settings) for spec in WORKER_SPECS)


class WorkerPool:
    """Runs the workers until told to stop, and restarts them when the database was away."""

    def __init__(self, app: procrastinate.App, context: Context, leases: Leases) -> None:
        self._app = app
        self._context = context
        self._leases = leases
        self._in_hand: set[int] = set()
        self._ours: set[int] = set()
        """Numbers of the workers that run in this process."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Run jobs until `stopping`, then finish those that are running."""
        keeper = asyncio.create_task(self._keep_run(), name="process run")
        try:
            async with asyncio.TaskGroup() as group:
                for spec in WORKER_SPECS:
                    group.create_task(self._run(spec, stopping), name=f"crew {spec.name}")
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep_run(self) -> None:
        """Hold the lease that shows that this process is alive."""
        while True:
            try:
                await self._context.run.keep(self._context.database)
            except Exception as error:
                # Whatever it is, the proof is needed: others would take this process for dead.
                if is_transient(error):
                    log.warning("run.lease_waits", reason=_one_line(error))
                else:
                    log.exception("run.lease_failed")
            await asyncio.sleep(AGAIN_SECONDS)

    async def _run(self, spec: WorkerSpec, stopping: asyncio.Event) -> None:
        while not stopping.is_set() and not spec.wanted(self._context.config.settings):
            # A reload of the settings may make it wanted: the first app, for instance.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK_SECONDS)
        while not stopping.is_set():
            try:
                await self._work(spec, stopping)
            except Exception as error:
                # Whatever it is, the worker has to go on; what is no passing trouble is told.
                if is_transient(error):
                    log.warning("worker.restarting", reason=_one_line(error))
                else:
                    log.exception("worker.failed", worker=spec.name)
                    self._context.metrics.job_failed(f"worker {spec.name}")
                await self._context.queue.drop_broken_connections()
            if not stopping.is_set():
                await asyncio.sleep(AGAIN_SECONDS)

    async def _work(self, spec: WorkerSpec, stopping: asyncio.Event) -> None:
        worker = self._new_worker(spec, wait=True)
        work = asyncio.create_task(worker.run(), name="worker")  # type: ignore[no-untyped-call]
        stop = asyncio.create_task(stopping.wait(), name="worker stop")
        over = asyncio.Event()
        look = asyncio.create_task(self._look_after(worker, over), name="worker recovery")
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            worker.stop()  # type: ignore[no-untyped-call]
            await self._ended(work)
        finally:
            over.set()
            for task in (stop, look):
                task.cancel()
            await asyncio.gather(stop, look, return_exceptions=True)

    async def _ended(self, work: asyncio.Task[None]) -> None:
        """Wait until the worker has ended, or abandon it: its internal tasks may hang for ever."""
        patience = self._context.config.settings.work.shutdown_grace + LEAVE_SECONDS
        await asyncio.wait({work}, timeout=patience)
        if work.done():
            work.result()
        else:
            log.error("worker.left_behind", after_seconds=patience)

    async def drain(self) -> None:
        """Run all jobs that are due, and those that follow from them, until none is left."""
        while True:
            await self._app.job_manager.prune_stalled_workers(self._stalled_after)
            await self.take_over(None)
            await self._new_worker(EVERYBODY, wait=False).run()  # type: ignore[no-untyped-call]
            if await self._ready() == 0:
                return
            await asyncio.sleep(0.05)

    async def _ready(self) -> int:
        async with self._context.database.transaction() as connection:
            return await count_ready(connection)

    @property
    def _stalled_after(self) -> float:
        return self._context.config.settings.work.stalled_after

    def _new_worker(self, spec: WorkerSpec, *, wait: bool) -> Worker:
        work = self._context.config.settings.work
        return Worker(
            self._app,
            queues=None if spec.queues is None else list(spec.queues),
            name=spec.name,
            concurrency=spec.at_a_time(self._context.config.settings),
            wait=wait,
            fetch_job_polling_interval=1.0,
            update_heartbeat_interval=min(5.0, work.stalled_after / 4),
            stalled_worker_timeout=work.stalled_after,
            shutdown_graceful_timeout=work.shutdown_grace,
            delete_jobs="always",
            additional_context={"intake": self._context},
            install_signal_handlers=False,
            worker_middleware=[self._hold],
        )

    async def _hold(
        self,
        proceed: Callable[[], Awaitable[Any]],
        job: procrastinate.JobContext,
        worker: Worker,
    ) -> Any:
        """Record which jobs are really running."""
        number = job.job.id
        assert number is not None
        self._in_hand.add(number)
        try:
            return await proceed()
        except Exception as error:
            if not is_transient(error):
                await self._record_failure(job.job, error)
            raise
        finally:
            self._in_hand.discard(number)

    async def _record_failure(self, job: Job, error: Exception) -> None:
        """A mistake, not something that is away: it is said at once, and the job is kept."""
        log.exception("job.failed", job=job.task_name)
        self._context.metrics.job_failed(job.task_name)
        async with self._context.database.transaction() as connection:
            await record_failure(
                connection,
                job.task_name,
                job.task_kwargs,
                job.lock,
                reason=words_of(error),
                at=self._context.clock(),
            )

    async def _look_after(self, worker: Worker, over: asyncio.Event) -> None:
        suspects: set[int] = set()
        held = ""
        try:
            # On a broken connection, psycopg may raise its own error instead of CancelledError,
            # so the loop also ends by `over`.
            while not over.is_set():
                try:
                    if worker.worker_id is not None and not held:
                        name = f"worker:{worker.worker_id}"
                        self._ours.add(worker.worker_id)
                        held = name if await self._leases.take(name) else ""
                    suspects = await self.take_over(worker.worker_id, suspects)
                    await asyncio.sleep(LOOK_SECONDS if held else 0.05)
                    if held:
                        held = await self._still_held(held)
                except Exception as error:
                    # It has to go on: a worker without its lease looks dead to the others.
                    if is_transient(error):
                        log.warning("worker.recovery_waits", reason=_one_line(error))
                    else:
                        log.exception("worker.recovery_failed")
                        self._context.metrics.job_failed("worker recovery")
                    await asyncio.sleep(AGAIN_SECONDS)
        finally:
            self._ours.discard(worker.worker_id or 0)
            if held:
                with contextlib.suppress(psycopg.OperationalError, DatabaseUnavailable):
                    await self._leases.release(held)

    async def _still_held(self, name: str) -> str:
        try:
            await self._leases.check(name)
        except LeaseLost:
            return ""
        return name

    async def take_over(
        self, own: int | None, suspects: frozenset[int] | set[int] = frozenset()
    ) -> set[int]:
        """Put jobs of workers that are gone back on the queue.

        A job that is assigned to our worker `own` but not running has ended without a record,
        because the database was away. It is put back when two checks in a row find it (`suspects`
        are those of the last check). Returns this check's suspects.
        """
        async with self._context.database.transaction() as connection:
            rows = await running_jobs(connection, stalled=self._stalled_after, grace=LOOK_SECONDS)
        found = {
            row["id"] for row in rows if row["worker_id"] == own and row["id"] not in self._in_hand
        }
        again = [job for job in found if job in suspects]
        mine = {own, *self._ours}
        again += await self._orphans([row for row in rows if row["worker_id"] not in mine])
        for job in again:
            log.warning("job.taken_over", job=job)
            await self._take_over(job)
        return found - set(again)

    async def _take_over(self, job: int) -> None:
        manager = self._app.job_manager
        try:
            await manager.retry_job_by_id_async(job, retry_at=datetime.now(UTC))
        except UniqueViolation:
            # One of the same name waits already, and will do the same work.
            await manager.finish_job_by_id_async(job, Status.FAILED, delete_job=True)

    async def _orphans(self, rows: list[DictRow]) -> list[int]:
        dead: dict[int, bool] = {}
        for row in rows:
            worker = row["worker_id"]
            if worker is None or row["stalled"]:
                dead[worker] = True
            elif row["settled"] and worker not in dead:
                name = f"worker:{worker}"
                dead[worker] = await self._leases.take(name)
                if dead[worker]:
                    await self._leases.release(name)
        return [row["id"] for row in rows if dead.get(row["worker_id"])]


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
