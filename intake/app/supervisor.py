"""Run each listener in a supervised task: none stops for good, and a defect in one does not affect
the others.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from intake.net.backoff import Backoff, Pace, pause
from intake.ports.arrivals import Progress
from intake.ports.listener import Listener
from intake.upkeep.reconciliation import Reconciler

log = structlog.get_logger(__name__)

GRACE = 3.0
"""Seconds that a listener may take to finish what it is doing when the daemon stops."""
STEADY = 60.0
"""Seconds of running after which a defect counts as the first again."""


async def supervise(
    listeners: Sequence[Listener],
    *,
    stopping: asyncio.Event,
    progress: Progress,
    pace: Pace | None = None,
    grace: float = GRACE,
    reconciler: Reconciler | None = None,
) -> None:
    """Run all listeners until `stopping` is set, then end them within `grace` seconds.

    `reconciler` runs each listener's reconciliation at its time. A listener that raises is logged
    with its traceback and started again, after a wait that grows.
    """
    pace = pace or Pace()
    tasks = [
        asyncio.create_task(
            _keep_running(each.source, partial(each.run, stopping), stopping, progress, pace),
            name=each.source,
        )
        for each in listeners
    ]
    if reconciler is not None:
        for each in listeners:
            watch = partial(reconciler.watch, each, stopping=stopping, progress=progress)
            tasks.append(
                asyncio.create_task(
                    _keep_running(each.source, watch, stopping, progress, pace),
                    name=f"{each.source} by night",
                )
            )
    try:
        await stopping.wait()
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_running(
    source: str,
    run: Callable[[], Awaitable[None]],
    stopping: asyncio.Event,
    progress: Progress,
    pace: Pace,
) -> None:
    loop = asyncio.get_running_loop()
    backoff = Backoff(pace)
    while not stopping.is_set():
        started = loop.time()
        try:
            await run()
        except Exception as error:
            if loop.time() - started > STEADY:
                backoff.succeeded()
            seconds = backoff.failed(error)
            progress.listener_failed(source, f"{type(error).__name__}: {error}")
            log.exception("listener.failed", source=source, again_in=seconds)
            await pause(seconds, stopping)
