"""Memory that work has freed goes back to the system, so that a daemon at rest is small again.

The C library keeps what was freed, for each thread apart, and large mails make that a lot. Where it
is not glibc, nothing is done: others (musl) give memory back by themselves.
"""

import asyncio
import ctypes
import gc
import time
from collections.abc import Callable

_LOOK_SECONDS = 5.0
_WORKED_SECONDS = 0.05
"""CPU time since it was last done from which it is worth doing again. That is after any work, and
now and then at rest, when connections have been closed."""
_NEW_OBJECTS = 10_000
"""After which Python looks for forgotten ones among them."""
_M_ARENA_MAX = -8
"""`malloc.h`: how many heaps the threads have among them. Two are enough for threads that take
turns at the interpreter; by default there are eight for each processor."""


def prefer_few_heaps() -> None:
    """To be called before there are threads."""
    if (set_option := _function("mallopt")) is not None:
        set_option(_M_ARENA_MAX, 2)


def freeze_heap() -> None:
    """To be called when all is open: what is here now stays, and need not be looked at again.

    A batch of messages makes thousands of small objects, and each time that Python looks for
    forgotten ones among them it would go through all modules, rules and templates as well.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, 10, 10)


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
