"""When to retry a failed attempt, and when to give up."""

from datetime import datetime, timedelta

STEPS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=30),
    timedelta(hours=1),
    timedelta(hours=2),
)
"""Waits between attempts: short at first, for greylisting and restarts; then as mail servers do
(RFC 5321, 4.5.4.1)."""


def next_attempt(
    attempts: int, *, since: datetime, now: datetime, patience: timedelta
) -> datetime | None:
    """The instant of the next attempt after `attempts` failed ones.

    None if that is more than `patience` after `since`.
    """
    at = now + STEPS[min(attempts, len(STEPS)) - 1]
    return at if at - since <= patience else None
