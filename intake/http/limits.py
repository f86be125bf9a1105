"""What a stranger on the internet may ask of the doors: so much at a time, so often."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import Request

MOST_ADDRESSES = 10_000
"""Whose requests are counted; of more, those that were seen longest ago are forgotten."""


class TooLarge(Exception):
    """the body is larger than this door takes"""


class TooSlow(Exception):
    """the body took too long to arrive"""


async def read_body(request: Request, *, most: int, seconds: float) -> bytes:
    """The body, read no further than allowed. Raises TooLarge and TooSlow.

    `most` in bytes.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise TooLarge
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise TooLarge
                chunks.append(chunk)
    except TimeoutError as error:
        raise TooSlow from error
    return b"".join(chunks)


class Allowance:
    """So many requests a second from one address, with `burst` in advance (a token bucket)."""

    def __init__(
        self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, address: str) -> bool:
        """Whether one more is allowed now."""
        now = self._clock()
        left, since = self._left.pop(address, (float(self._burst), now))
        left = min(float(self._burst), left + (now - since) * self._rate)
        allowed = left >= 1
        self._left[address] = (left - 1 if allowed else left, now)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return allowed
