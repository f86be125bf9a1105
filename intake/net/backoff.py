"""How long to wait before the next attempt. There is always a next attempt."""

import asyncio
from dataclasses import dataclass

from tenacity import RetryCallState, Retrying, wait_exponential, wait_random
from tenacity.wait import wait_base

from intake.ports.listener import LoginRefused


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """Waiting times, in seconds. Each failure in a row doubles the wait, up to the longest."""

    first: float = 0.5
    longest: float = 60
    first_after_refusal: float = 30
    """A refused login is tried rarely, because servers lock accounts."""
    longest_after_refusal: float = 600
    lease: float = 2
    """Seconds between attempts to take the lease of a mailbox."""


class Backoff:
    """Counts failures in a row. The wait grows exponentially, with jitter of up to half the first
    wait.
    """

    def __init__(self, pace: Pace) -> None:
        self._failures = 0
        self._ordinary = _exponential(pace.first, pace.longest)
        self._refused = _exponential(pace.first_after_refusal, pace.longest_after_refusal)

    def failed(self, error: BaseException) -> float:
        """Count a failure. Returns the seconds to wait."""
        self._failures += 1
        wait = self._refused if isinstance(error, LoginRefused) else self._ordinary
        state = RetryCallState(retry_object=Retrying(), fn=None, args=(), kwargs={})
        state.attempt_number = self._failures
        return wait(state)

    def succeeded(self) -> None:
        """Reset the count of failures."""
        self._failures = 0


def _exponential(first: float, longest: float) -> wait_base:
    return wait_exponential(multiplier=first, max=longest) + wait_random(0, first / 2)


async def pause(seconds: float, stopping: asyncio.Event) -> None:
    """Sleep, but wake as soon as `stopping` is set."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
