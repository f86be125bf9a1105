"""How often the desk has failed in a row, and how long a failed ticket waits."""

from dataclasses import dataclass
from datetime import timedelta

LONGEST = timedelta(minutes=1)
"""Longest back-off of a ticket while the desk accepts others."""
MANY = 5
"""Failures in a row after which the cause is probably not the tickets."""
LONGEST_PACE = timedelta(minutes=5)


@dataclass(kw_only=True, slots=True)
class DeskTrouble:
    """Failures of everything that this process sends to the desk."""

    in_a_row: int = 0
    """Failures since the desk last accepted something."""
    away: bool = False
    """Whether the desk did not answer at all."""

    def failed(self, *, away: bool) -> None:
        """Record that the desk accepted nothing."""
        self.in_a_row += 1
        self.away = self.away or away

    def succeeded(self) -> bool:
        """Record that the desk accepted something. Returns whether this ends a general failure."""
        over = self.away or self.in_a_row >= MANY
        self.in_a_row, self.away = 0, False
        return over

    def wait(self, attempts: int) -> timedelta:
        """How long until a ticket is tried again, after this many attempts.

        A desk that answers but accepts nothing gets about one attempt a second, however many
        tickets wait.
        """
        backoff = min(timedelta(seconds=2 ** min(attempts, 6)), LONGEST)
        pace = timedelta(seconds=self.in_a_row) if self.in_a_row >= MANY else timedelta()
        return max(backoff, min(pace, LONGEST_PACE))
