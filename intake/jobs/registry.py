"""The queue's application: all jobs, by name. They get this daemon's context as they run."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import procrastinate
from procrastinate import BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job

from intake.context import Context
from intake.jobs.callbacks import call_back
from intake.jobs.cards import make_card
from intake.jobs.deliver import deliver_replies
from intake.jobs.desk_sync import sync_tickets
from intake.jobs.digest import write_digests
from intake.jobs.fire_alarms import fire_alarms
from intake.jobs.follow_up.job import follow_up
from intake.jobs.media import fetch_files
from intake.jobs.quarantine import triage_quarantined
from intake.jobs.triage import triage_messages
from intake.store.queue import (
    CALLBACK,
    CARD,
    DELIVER,
    DESK_SYNC,
    DIGEST,
    FETCH,
    FIRE_ALARMS,
    FOLLOW_UP,
    TRIAGE,
)
from intake.store.transient_errors import is_transient


class RetryTransient(BaseRetryStrategy):
    """Retries a job while something that it needs is away. A mistake is not repeated: it fails.

    `longest`: at most this many seconds between two attempts.
    """

    def __init__(self, longest: int = 60) -> None:
        self._longest = longest

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Wait twice as long each time, up to `longest` seconds. None: the job has failed."""
        if not is_transient(exception):
            return None
        seconds = min(self._longest, 2 ** min(job.attempts, 6))
        return RetryDecision(retry_in={"seconds": seconds})


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A job's name and its function, which is called with the context and the job's arguments."""

    name: str
    run: Callable[..., Awaitable[None]]


JOBS: tuple[JobSpec, ...] = (
    JobSpec(FOLLOW_UP, follow_up),
    JobSpec(FIRE_ALARMS, fire_alarms),
    JobSpec(DIGEST, write_digests),
    JobSpec(FETCH, fetch_files),
    JobSpec(CALLBACK, call_back),
    JobSpec(CARD, make_card),
)
"""All jobs except `triage`, `deliver` and `desk_sync`, which `queue_app` adds."""


def queue_app() -> procrastinate.App:
    """An application with our jobs. They take a Context, `intake`, from the worker's context."""
    app = procrastinate.App(connector=PsycopgConnector())

    # It is retried soon: it depends only on the database, and holds up its partition, since later
    # messages of a conversation must not overtake it.
    @app.task(name=TRIAGE, queue=TRIAGE, retry=RetryTransient(longest=2), pass_context=True)
    async def triage(
        job: procrastinate.JobContext, messages: list[int], *, quarantined: bool = False
    ) -> None:
        process = triage_quarantined if quarantined else triage_messages
        await process(_context(job), messages)

    @app.task(name=DELIVER, queue=DELIVER, retry=RetryTransient(), pass_context=True)
    async def deliver(job: procrastinate.JobContext, replies: list[str]) -> None:
        await deliver_replies(_context(job), replies)

    @app.task(name=DESK_SYNC, queue=DESK_SYNC, retry=RetryTransient(), pass_context=True)
    async def sync(
        job: procrastinate.JobContext,
        tickets: list[int],
        *,
        attempts: int = 0,
        alone: bool = False,
        lane: str = "",
    ) -> None:
        context = _context(job)
        if lane:
            # A delayed sync whose time has come: queue it under its lock.
            async with context.database.transaction() as connection:
                await context.queue.sync_alone(connection, lane, tickets, attempts)
            return
        await sync_tickets(context, tickets, job.job.lock, attempts=attempts, alone=alone)

    for kind in JOBS:
        _add(app, kind)
    return app


def _add(app: procrastinate.App, kind: JobSpec) -> None:
    @app.task(name=kind.name, queue=kind.name, retry=RetryTransient(), pass_context=True)
    async def run(job: procrastinate.JobContext, /, **arguments: Any) -> None:
        await kind.run(_context(job), **arguments)


def _context(job: procrastinate.JobContext) -> Context:
    extra: dict[str, Any] = job.additional_context
    context = extra["intake"]
    assert isinstance(context, Context)
    return context
