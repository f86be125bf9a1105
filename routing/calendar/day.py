"""What a date is to the desk: an ordinary day, a holiday, or one of the firm's own days."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from routing.calendar.interval import Interval, common

Week = tuple[tuple[Interval, ...], ...]
"""The intervals of each weekday, Monday first."""

OwnWeek = tuple[tuple[Interval, ...] | None, ...]
"""The same for one person; None for a weekday with the desk's hours."""

_MORNING = (Interval(timedelta(0), timedelta(hours=12)),)


class DayKind(StrEnum):
    """Why a day has its hours."""

    ORDINARY = "ordinary"
    HOLIDAY = "holiday"
    FIRM = "firm"


class FirmDayKind(StrEnum):
    """How the firm works on one of its own days."""

    CLOSED = "closed"
    HALF = "half"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A date with its opening hours.

    `name` is that of the holiday or of the firm's day; on an ordinary day that of the period, if
    there is one.
    """

    date: date
    intervals: tuple[Interval, ...]
    kind: DayKind = DayKind.ORDINARY
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Dates between which another week applies: summer hours, a month of overtime.

    Both ends are included. Without `last`, it has no end.
    """

    name: str
    first: date
    last: date | None = None
    week: Week

    def covers(self, day: date) -> bool:
        """Whether the period includes that day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True, slots=True)
class FirmDay:
    """One or more days on which the firm departs from its week and from the public holidays.

    The days from `first` to `last`, both included; None leaves that end open. With `month_day`
    (month, day), only that day of each year among them. Without `intervals`, `half` keeps the
    weekday's hours up to noon, and `open` keeps all of them (a holiday on which the firm works).
    """

    name: str
    kind: FirmDayKind = FirmDayKind.CLOSED
    first: date | None = None
    last: date | None = None
    month_day: tuple[int, int] | None = None
    intervals: tuple[Interval, ...] = ()

    @classmethod
    def once(
        cls,
        day: date,
        name: str,
        kind: FirmDayKind = FirmDayKind.CLOSED,
        intervals: tuple[Interval, ...] = (),
    ) -> "FirmDay":
        """A firm day on one date only."""
        return cls(name=name, kind=kind, first=day, last=day, intervals=intervals)

    def falls_on(self, day: date) -> bool:
        """Whether this firm day includes that date."""
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and (self.month_day is None or self.month_day == (day.month, day.day))
        )

    @property
    def reach(self) -> timedelta:
        """The length of its range of dates. If two fall on one date, the shorter range wins."""
        if self.month_day is not None or self.first is None or self.last is None:
            return timedelta.max
        return self.last - self.first

    def hours(self, weekday: tuple[Interval, ...]) -> tuple[Interval, ...]:
        """The hours of this day, given the ordinary hours of its weekday."""
        if self.kind is FirmDayKind.CLOSED:
            return ()
        if self.intervals:
            return self.intervals
        return common(weekday, _MORNING) if self.kind is FirmDayKind.HALF else weekday
