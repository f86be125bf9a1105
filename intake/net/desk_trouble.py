"""How often the desk has failed in a row, and how long what it could not take waits."""

from dataclasses import dataclass
from datetime import timedelta

LONGEST = timedelta(minutes=1)
"""A ticket's back-off, where the desk takes others."""
MANY = 5
"""Failures in a row after which it is hardly the tickets' fault."""
LONGEST_PACE = timedelta(minutes=5)


@dataclass(kw_only=True, slots=True)
class DeskTrouble:
    """Of all that this process brings to the desk."""

    in_a_row: int = 0
    """Failures since the desk took something last."""
    away: bool = False
    """It did not answer at all."""

    def failed(self, *, away: bool) -> None:
        """It took nothing."""
        self.in_a_row += 1
        self.away = self.away or away

    def succeeded(self) -> bool:
        """It took something. Returns whether a general trouble is over with that."""
        over = self.away or self.in_a_row >= MANY
        self.in_a_row, self.away = 0, False
        return over

    def wait(self, attempts: int) -> timedelta:
        """Until a ticket is tried again, after so many attempts.

        A desk that answers and yet takes nothing gets an attempt a second, however many tickets
        wait.
        """
        backoff = min(timedelta(seconds=2 ** min(attempts, 6)), LONGEST)
        pace = timedelta(seconds=self.in_a_row) if self.in_a_row >= MANY else timedelta()
        return max(backoff, min(pace, LONGEST_PACE))
