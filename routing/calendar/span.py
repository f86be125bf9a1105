"""Stretches of open time as instants, and the time zone arithmetic that they need."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from routing.calendar.day import Day

DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """An unbroken stretch of open time on one local date; the instants are in UTC."""

    day: date
    opens: datetime
    closes: datetime

    @property
    def length(self) -> timedelta:
        return self.closes - self.opens


def in_utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a time without a zone."""
    if at.utcoffset() is None:
        raise ValueError("an instant must carry a time zone")
    return at.astimezone(UTC)


def day_number(at: datetime) -> int:
    """The number of the UTC day that contains an instant, counted from 1970-01-01."""
    return (at - _EPOCH) // DAY


def day_begin(number: int) -> datetime:
    """The first instant of a UTC day."""
    return _EPOCH + DAY * number


def constant_offsets(
    zone: ZoneInfo, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Cut `begin` to `end`, at most one day, where the zone's UTC offset changes.

    Yields (begin, end, offset) of each piece. No zone changes its offset twice in a day.
    """
    before, after = _offset(zone, begin), _offset(zone, end)
    if before == after:
        yield begin, end, before
        return
    low, high = 0, (end - begin) // _SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, begin + _SECOND * middle) == before:
            low = middle
        else:
            high = middle
    change = begin + _SECOND * high
    yield begin, change, before
    if change < end:
        yield change, end, after


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


def open_between(since: datetime, until: datetime, offset: timedelta, day: Day) -> Iterator[Span]:
    """The open time of `day` between two instants that have the same UTC offset."""
    midnight = datetime.combine(day.date, time.min, tzinfo=UTC) - offset
    for interval in day.intervals:
        opens = max(midnight + interval.opens, since)
        closes = min(midnight + interval.closes, until)
        if opens < closes:
            yield Span(day.date, opens, closes)
