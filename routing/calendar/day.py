"""What a date is to the desk: an ordinary day, a holiday, or a day of the firm's own."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from routing.calendar.interval import Interval, common

Week = tuple[tuple[Interval, ...], ...]
"""The intervals of each weekday, Monday first."""

OwnWeek = tuple[tuple[Interval, ...] | None, ...]
"""The same for one person; None where they keep the desk's hours."""

_MORNING = (Interval(timedelta(0), timedelta(hours=12)),)


class DayKind(StrEnum):
    """Why a day has the hours it has."""

    ORDINARY = "ordinary"
    HOLIDAY = "holiday"
    FIRM = "firm"


class FirmDayKind(StrEnum):
    """What the firm does on a day of its own."""

    CLOSED = "closed"
    HALF = "half"
    OPEN = "open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A date with the hours that hold on it.

    `name` is the holiday's or the firm's; on an ordinary day that of the period, if one holds.
    """

    date: date
    intervals: tuple[Interval, ...]
    kind: DayKind = DayKind.ORDINARY
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """Dates between which another week holds: summer hours, a month of overtime.

    Both ends are included; without `last`, from `first` on.
    """

    name: str
    first: date
    last: date | None = None
    week: Week

    def covers(self, day: date) -> bool:
        """Whether its hours hold on that day."""
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True, slots=True)
class FirmDay:
    """A day, or several, on which the firm departs from its week and from the public holidays.

    The days from `first` to `last`, both included, either open-ended where it is None; of these,
    with `month_day` (month, day), only that day of each year. Without `intervals`, `half` keeps
    the weekday's hours up to noon, and `open` all of them (a holiday on which the firm works).
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
        """On one date only."""
        return cls(name=name, kind=kind, first=day, last=day, intervals=intervals)

    def falls_on(self, day: date) -> bool:
        """Whether `day` is this day, or one of these."""
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and (self.month_day is None or self.month_day == (day.month, day.day))
        )

    @property
    def reach(self) -> timedelta:
        """How long it may stand: where two fall on one date, the one that stands shorter wins."""
        if self.month_day is not None or self.first is None or self.last is None:
            return timedelta.max
        return self.last - self.first

    def hours(self, weekday: tuple[Interval, ...]) -> tuple[Interval, ...]:
        """The hours of the day, where those of an ordinary such weekday are given."""
        if self.kind is FirmDayKind.CLOSED:
            return ()
        if self.intervals:
            return self.intervals
        return common(weekday, _MORNING) if self.kind is FirmDayKind.HALF else weekday
