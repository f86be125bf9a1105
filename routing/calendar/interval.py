"""A part of a day during which the desk is open, in local time."""

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

_WRITTEN = re.compile(r"\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*", re.ASCII)
_DAY = timedelta(days=1)


class IntervalInvalid(ValueError):
    """hours are written 09:00-12:00, from the opening to the closing on the same day"""


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Open from `opens` until just before `closes`, both as local time since midnight.

    A `closes` of 24 hours is the day's end. Raises IntervalInvalid if it does not lie within one
    day. Hours over midnight are two intervals: 22:00-24:00 and 00:00-06:00 of the next day.
    """

    opens: timedelta
    closes: timedelta

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.opens < self.closes <= _DAY:
            raise IntervalInvalid(
                f"{self} does not open before it closes on the same day; "
                "hours over midnight are two intervals, 22:00-24:00 and 00:00-06:00"
            )

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """Read `09:00-12:00`. Raises IntervalInvalid."""
        found = _WRITTEN.fullmatch(text)
        if found is None or int(found[2]) > 59 or int(found[4]) > 59:
            raise IntervalInvalid(f"{text!r} is no interval; write for instance 09:00-12:00")
        hours, minutes, until_hours, until_minutes = map(int, found.groups())
        return cls(
            timedelta(hours=hours, minutes=minutes),
            timedelta(hours=until_hours, minutes=until_minutes),
        )

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"

    def contains(self, since_midnight: timedelta) -> bool:
        """Whether the desk is open at that local time."""
        return self.opens <= since_midnight < self.closes


def _clock(since_midnight: timedelta) -> str:
    minutes = since_midnight // timedelta(minutes=1)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def parse_hours(texts: tuple[str, ...]) -> tuple[Interval, ...]:
    """The intervals of one day, sorted. Raises IntervalInvalid, also if two overlap."""
    return in_order(tuple(Interval.parse(text) for text in texts))


def in_order(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Sort intervals. Raises IntervalInvalid if two overlap."""
    ordered = tuple(sorted(intervals))
    for earlier, later in pairwise(ordered):
        if later.opens < earlier.closes:
            raise IntervalInvalid(f"{earlier} and {later} overlap; join them or move one")
    return ordered


def common(some: tuple[Interval, ...], others: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """The intersection of two days' hours."""
    return tuple(
        Interval(max(one.opens, other.opens), min(one.closes, other.closes))
        for one in some
        for other in others
        if max(one.opens, other.opens) < min(one.closes, other.closes)
    )
