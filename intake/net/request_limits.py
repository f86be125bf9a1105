"""What a stranger on the internet may ask of the doors: so much at a time, so often."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.requests import ClientDisconnect, Request

from intake.net.client_addresses import NOBODY, client_network

MOST_ADDRESSES = 10_000
"""Whose requests are counted; of more, those that were seen longest ago are forgotten."""
SMALL = 64_000
"""Bytes of a body that is read whoever sends it: that many connections at a time cannot hurt."""
ROOM = 64_000_000
"""Bytes of larger bodies that are in hand at a time."""
WRONG_RATE = 0.5
"""Requests a second that one address may get wrong, after the first few."""
WRONG_BURST = 20


class TooLarge(Exception):
    """the body is larger than this door takes"""


class TooSlow(Exception):
    """the body took too long to arrive"""


class Unfinished(Exception):
    """the client left before the end of the body"""


class NoRoom(Exception):
    """too many large bodies are in hand just now"""


class Room:
    """What large bodies take up in memory, all together. A small one always finds room."""

    def __init__(self, most: int = ROOM) -> None:
        """`most` in bytes."""
        self._left = most

    @contextmanager
    def place(self) -> Iterator["Place"]:
        """For one body; what it took is free again at the end of the block."""
        place = Place(self)
        try:
            yield place
        finally:
            self._left += place.taken

    def _take(self, size: int) -> bool:
        if size > self._left:
            return False
        self._left -= size
        return True


class Place:
    """Made by `Room.place`."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.taken = 0

    def grow(self, size: int) -> None:
        """The body has so many bytes now. Raises NoRoom."""
        more = size - SMALL - self.taken
        if more > 0:
            if not self._room._take(more):
                raise NoRoom
            self.taken += more


async def read_body(
    request: Request, *, most: int, seconds: float, place: Place | None = None
) -> bytes:
    """The body, read no further than allowed. Raises TooLarge, TooSlow, Unfinished, NoRoom.

    `most` in bytes.
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
    """Whose request it is, as requests are counted."""
    return client_network(request.client.host) if request.client else NOBODY


class RateLimiter:
    """So many wrong requests a second from one address, `burst` in advance (a token bucket).

    It never stands in the way of a right one: behind the address of a flood there may be others,
    and a proxy that passes on whatever it is told lets anybody speak in another's name.
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
        """Whether one more would be too many now."""
        return self._now(address) < 1

    def spend(self, address: str) -> None:
        """One more was wrong."""
        self._left[address] = (max(0.0, self._now(address) - 1), self._clock())
        self._left.move_to_end(address)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)

    def _now(self, address: str) -> float:
        now = self._clock()
        left, since = self._left.get(address, (float(self._burst), now))
        return min(float(self._burst), left + (now - since) * self._rate)
