"""Return freed memory to the system, so that an idle daemon is small again.

The C library keeps freed memory for each thread, and large mails make that a lot. Without glibc
nothing is done: others (musl) return memory by themselves.
"""

import asyncio
import ctypes
import gc
import time
from collections.abc import Callable

_LOOK_SECONDS = 5.0
_WORKED_SECONDS = 0.05
"""Seconds of CPU time since the last trim after which another is worthwhile: after any work, and
now and then at rest, when connections have been closed.
"""
_NEW_OBJECTS = 10_000
"""Number of new objects after which Python's garbage collector runs."""
_M_ARENA_MAX = -8
"""M_ARENA_MAX of `malloc.h`: the number of heaps for all threads. Two are enough, because threads
take turns at the interpreter; the default is eight for each processor.
"""


def prefer_few_heaps() -> None:
    """Limit the number of heaps. Call this before there are threads."""
    if (set_option := _function("mallopt")) is not None:
        set_option(_M_ARENA_MAX, 2)


def freeze_heap() -> None:
    """Exclude all present objects from garbage collection. Call this when everything is open.

    A batch of messages makes thousands of small objects, and each collection among them would also
    go through all modules, rules and templates.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 10, 10)


async def give_back() -> None:
    """Return memory after each period of work. Runs until cancelled."""
    trim = _function("malloc_trim")
    if trim is None:
        return
    used = time.process_time()
    while True:
        await asyncio.sleep(_LOOK_SECONDS)
        if time.process_time() - used > _WORKED_SECONDS:
            await asyncio.to_thread(trim, 0)
            used = time.process_time()


def _function(name: str) -> Callable[..., int] | None:
    return getattr(ctypes.CDLL(None), name, None)
