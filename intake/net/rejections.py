"""What is logged of rejected requests: one short line a client every few seconds.

A line for each request would let strangers fill the disk.
"""

import time
from collections import OrderedDict
from collections.abc import Callable

import structlog

from intake.net.request_limits import MOST_ADDRESSES

log = structlog.get_logger(__name__)

LINE_EVERY = 5.0
"""Seconds between two lines about one client."""


class RejectionLog:
    """Of one endpoint. Clients beyond MOST_ADDRESSES are forgotten, the longest silent first."""

    def __init__(self, endpoint: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` in seconds."""
        self._endpoint = endpoint
        self._clock = clock
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        """By client: when its last line was written, and how many requests were not told since."""

    def note(self, client: str, outcome: str, cause: BaseException | None = None) -> None:
        """A request of this client was rejected. `cause`: what went wrong while it was checked.

        Of the cause only the class is logged: its message may repeat what the client sent.
        """
        now = self._clock()
        last, untold = self._seen.pop(client, (now - LINE_EVERY, 0))
        if now - last < LINE_EVERY:
            self._seen[client] = (last, untold + 1)
            return
        self._seen[client] = (now, 0)
        if len(self._seen) > MOST_ADDRESSES:
            self._seen.popitem(last=False)
        details: dict[str, object] = {"more": untold} if untold else {}
        if cause is not None:
            details["cause"] = type(cause).__name__
        log.warning("webhook.turned_away", door=self._endpoint, outcome=outcome, **details)
