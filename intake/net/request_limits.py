"""Limits on the size and rate of requests to the webhooks."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.requests import ClientDisconnect, Request

from intake.net.client_addresses import NOBODY, client_network

MOST_ADDRESSES = 10_000
"""Number of addresses whose requests are counted. The one seen longest ago is forgotten first."""
SMALL = 64_000
"""Bytes of a body that is read without a check of memory. As many bodies of this size as there can
be connections do no harm.
"""
ROOM = 64_000_000
"""Bytes of memory for all larger bodies together."""
WRONG_RATE = 0.5
"""Wrong requests a second allowed from one address, after the first few."""
WRONG_BURST = 20


class TooLarge(Exception):
    """the body is larger than this door takes"""


class TooSlow(Exception):
    """the body took too long to arrive"""


class Unfinished(Exception):
    """the client left before the end of the body"""


class TooManyBodies(Exception):
    """too many large bodies are in hand just now"""


class BodyMemory:
    """The memory budget for large bodies, all together. A small body needs none of it."""

    def __init__(self, most: int = ROOM) -> None:
        """`most` is in bytes."""
        self._left = most

    @contextmanager
    def place(self) -> Iterator["BodyShare"]:
        """A share for one body; it is released at the end of the block."""
        place = BodyShare(self)
        try:
            yield place
        finally:
            self._left += place.taken

    def _take(self, size: int) -> bool:
        if size > self._left:
            return False
        self._left -= size
        return True


class BodyShare:
    """One body's share of the budget. Made by `Room.place`."""

    def __init__(self, room: BodyMemory) -> None:
        self._room = room
        self.taken = 0

    def grow(self, size: int) -> None:
        """Record that the body now has `size` bytes. Raises NoRoom if the budget is used up."""
        more = size - SMALL - self.taken
        if more > 0:
            if not self._room._take(more):
                raise TooManyBodies
            self.taken += more


async def read_body(
    request: Request, *, most: int, seconds: float, place: BodyShare | None = None
) -> bytes:
    """Read the body up to the limits. `most` is in bytes, `seconds` limits the whole read.

    Raises TooLarge, TooSlow, Unfinished, NoRoom.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > len(str(most)) or int(declared) > most):
        raise TooLarge
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > most:
                    raise TooLarge
                if place is not None:
                    place.grow(size)
                chunks.append(chunk)
    except TimeoutError as error:
        raise TooSlow from error
    except ClientDisconnect as error:
        raise Unfinished from error
    return b"".join(chunks)


def caller(request: Request) -> str:
    """The key under which a request's client is counted."""
    return client_network(request.client.host) if request.client else NOBODY


class RateLimiter:
    """Allows `rate` wrong requests a second from one address, and `burst` at once (a token bucket).

    It never blocks a correct request: others may share the address of a flood, and a proxy that
    passes on whatever it is told lets anybody use somebody else's address.
    """

    def __init__(
        self,
        rate: float = WRONG_RATE,
        burst: int = WRONG_BURST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def used_up(self, address: str) -> bool:
        """Whether one more wrong request would exceed the limit now."""
        return self._now(address) < 1

    def spend(self, address: str) -> None:
        """Count a wrong request."""
        self._left[address] = (max(0.0, self._now(address) - 1), self._clock())
        self._left.move_to_end(address)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)

    def _now(self, address: str) -> float:
        now = self._clock()
        left, since = self._left.get(address, (float(self._burst), now))
        return min(float(self._burst), left + (now - since) * self._rate)
