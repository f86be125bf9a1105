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
    """A date with the hours that hold on it; `name` is empty on an ordinary day."""

    date: date
    intervals: tuple[Interval, ...]
    kind: DayKind = DayKind.ORDINARY
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class FirmDay:
    """A day on which the firm departs from its week and from the public holidays.

    Either `on` one date or on every `month_day` (month, day). Without `intervals`, `half` keeps
    the weekday's hours up to noon, and `open` all of them (a holiday on which the firm works).
    """

    name: str
    kind: FirmDayKind = FirmDayKind.CLOSED
    on: date | None = None
    month_day: tuple[int, int] | None = None
    intervals: tuple[Interval, ...] = ()

    def falls_on(self, day: date) -> bool:
        """Whether `day` is this day, or one of its years."""
        return self.on == day or self.month_day == (day.month, day.day)

    def hours(self, weekday: tuple[Interval, ...]) -> tuple[Interval, ...]:
        """The hours of the day, where those of an ordinary such weekday are given."""
        if self.kind is FirmDayKind.CLOSED:
            return ()
        if self.intervals:
            return self.intervals
        return common(weekday, _MORNING) if self.kind is FirmDayKind.HALF else weekday
