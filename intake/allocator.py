"""Memory that work has freed goes back to the system, so that a daemon at rest is small again.

The C library keeps what was freed, for each thread apart, and large mails make that a lot. Where it
is not glibc, nothing is done: others (musl) give memory back by themselves.
"""

import asyncio
import ctypes
import time
from collections.abc import Callable

_LOOK_SECONDS = 5.0
_WORKED_SECONDS = 0.2
"""CPU time since the last look from which it is worth tidying up."""
_M_ARENA_MAX = -8
"""`malloc.h`: how many heaps the threads have among them. Two are enough for threads that take
turns at the interpreter; by default there are eight for each processor."""


def prefer_few_heaps() -> None:
    """To be called before there are threads."""
    if (set_option := _function("mallopt")) is not None:
        set_option(_M_ARENA_MAX, 2)


async def give_back() -> None:
    """Give memory back after each spell of work. Runs until cancelled."""
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
