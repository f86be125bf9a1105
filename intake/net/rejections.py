"""Log rejected requests: one short line for each client every few seconds.

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
    """The log of one endpoint. Only MOST_ADDRESSES clients are remembered; the one rejected longest
    ago is forgotten first.
    """

    def __init__(self, endpoint: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` returns seconds."""
        self._endpoint = endpoint
        self._clock = clock
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        """By client: when its last line was written, and how many requests were not logged
        since.
        """

    def note(self, client: str, outcome: str, cause: BaseException | None = None) -> None:
        """Log that a request of this client was rejected. `cause` is an error during its check.

        Only the class of `cause` is logged, because its message may repeat what the client sent.
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
        log.warning("webhook.rejected", endpoint=self._endpoint, outcome=outcome, **details)
