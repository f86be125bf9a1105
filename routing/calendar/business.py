"""The business calendar: opening hours of a desk, and terms counted in them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from routing.calendar.day import Day, DayKind, FirmDay, OwnWeek, Period, Week
from routing.calendar.interval import Interval, common
from routing.calendar.public_holidays import NO_HOLIDAYS, HolidaySource
from routing.calendar.span import (
    DAY,
    Span,
    constant_offsets,
    day_begin,
    day_number,
    in_utc,
    open_between,
)

_SEARCH_DAYS = 2 * 366
_LAST_YEAR = 9000
"""The search ends in this year: later than any due time, well before the end of datetime."""


class CalendarNeverOpen(Exception):
    """no business hours within two years: the calendar has no hours, or only closed days"""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, kw_only=True)
class BusinessCalendar:
    """When the desk is open: a week in a time zone, public holidays, and the firm's own days.

    The desk is open at an instant if the local time then is within an interval of the local date.
    So an hour that daylight saving skips is not open time, and one that it repeats counts twice.

    All instants must carry a time zone (else ValueError); those returned are in `zone`. Lengths
    are exact to the microsecond. Methods that look ahead raise CalendarNeverOpen if there are no
    business hours within two years.
    """

    zone: ZoneInfo
    week: Week
    """The intervals of the seven weekdays, Monday first; each day's are sorted and do not
    overlap."""
    periods: tuple[Period, ...] = ()
    """Periods whose weeks replace `week`; the first period that covers a day counts."""
    firm_days: tuple[FirmDay, ...] = ()
    """They win over public holidays. Of several on one date, a single date wins over a range of
    dates, and a range over a yearly day."""
    holidays: HolidaySource = NO_HOLIDAYS
    desk: "BusinessCalendar | None" = None
    """The desk's calendar, if this one is a person's."""
    own: OwnWeek = (None,) * 7
    """If `desk` is set, the person's own hours by weekday; None on days when they keep the
    desk's."""
    _days: dict[date, Day] = field(default_factory=dict, init=False, repr=False, compare=False)
    _open: dict[int, tuple[Span, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _people: "dict[OwnWeek, BusinessCalendar]" = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def is_open(self, at: datetime) -> bool:
        """Whether `at` is within business hours. The instant of closing is outside."""
        wall = in_utc(at).astimezone(self.zone).replace(tzinfo=None)
        since_midnight = wall - datetime.combine(wall.date(), time.min)
        hours = self.day(wall.date()).intervals
        return any(interval.contains(since_midnight) for interval in hours)

    def next_opening(self, at: datetime) -> datetime:
        """The first open instant from `at` on: `at` itself if the desk is open."""
        at = in_utc(at)
        return self._local(max(at, next(self.spans(at)).opens))

    def add(self, start: datetime, term: timedelta) -> datetime:
        """The instant at which `term` of open time has passed since `start`.

        A term that ends exactly at closing ends at that closing, not at the next opening. A term of
        zero ends at the next opening. Raises ValueError for a negative term.
        """
        return self._local(self.counted(start, term)[-1].closes)

    def counted(self, start: datetime, term: timedelta) -> tuple[Span, ...]:
        """The stretches of open time that make up `term` from `start` on, as `add` counts them."""
        if term < timedelta(0):
            raise ValueError("a term cannot be negative")
        start, left = in_utc(start), term
        counted: list[Span] = []
        for span in self.spans(start):
            opens = max(start, span.opens)
            closes = min(span.closes, opens + left)
            if counted and (counted[-1].day, counted[-1].closes) == (span.day, opens):
                # The two were cut only by midnight in UTC, or their intervals touch.
                counted[-1] = replace(counted[-1], closes=closes)
            else:
                counted.append(Span(span.day, opens, closes))
            left -= closes - opens
            if not left:
                break
        return tuple(counted)

    def measure(self, start: datetime, end: datetime) -> timedelta:
        """The open time between two instants; negative if `end` is before `start`."""
        start, end = in_utc(start), in_utc(end)
        if end < start:
            return -self.measure(end, start)
        overlaps = (
            min(span.closes, end) - max(span.opens, start)
            for number in range(day_number(start), day_number(end) + 1)
            for span in self._open_in(number)
        )
        return sum((each for each in overlaps if each > timedelta(0)), timedelta(0))

    def add_days(self, start: datetime, days: int) -> datetime:
        """The end of a term of `days` business days, counted by Brazilian law.

        The day on which the clock starts (that of the next opening) is left out, the last day is
        included, and the term ends at that day's closing (Código Civil, art. 132; CPC, art. 224).
        A day with any open time is a business day. With 0, the closing of the day on which the
        clock starts. Raises ValueError for a negative number.
        """
        return self._closing(self.business_days(start, days)[-1])

    def business_days(self, start: datetime, days: int) -> tuple[date, ...]:
        """The day on which the clock starts, and the `days` business days after it.

        Raises ValueError for a negative number.
        """
        if days < 0:
            raise ValueError("a term cannot be negative")
        found: list[date] = []
        for span in self.spans(in_utc(start)):
            if not found or span.day > found[-1]:
                found.append(span.day)
            if len(found) > days:
                break
        return tuple(found)

    def month_evaluation(self, start: datetime, day: int | None = None) -> datetime:
        """The closing of the last business day of the month in which the clock starts.

        With `day`, the closing of the last business day up to that day of the month. If the clock
        starts at or after that closing, the next month counts that has such a day.
        """
        opening = self.next_opening(start)
        for first in _months_from(opening.date()):
            closing = self._last_closing(first, day or 31)
            if closing is not None and closing > opening:
                return closing
        raise CalendarNeverOpen

    def _last_closing(self, first: date, day: int) -> datetime | None:
        month = [first + DAY * n for n in range(day) if (first + DAY * n).month == first.month]
        return next((self._closing(each) for each in reversed(month) if self.on(each)), None)

    def closing(self, day: date) -> datetime | None:
        """When the desk closes on that date; None if it does not open."""
        return self._closing(day) if self.on(day) else None

    def _closing(self, day: date) -> datetime:
        return self._local(max(span.closes for span in self.on(day)))

    def on(self, day: date) -> tuple[Span, ...]:
        """The stretches of open time of one local date, in order."""
        number = day.toordinal() - date(1970, 1, 1).toordinal()
        near = (span for each in range(number - 1, number + 2) for span in self._open_in(each))
        return tuple(span for span in near if span.day == day)

    def spans(self, start: datetime) -> Iterator[Span]:
        """Yield the stretches of open time that end after `start` (in UTC), in order, endlessly.

        A stretch that is open at `start` is given whole, from its opening.
        """
        number = last_open = day_number(start)
        while number - last_open <= _SEARCH_DAYS and start.year < _LAST_YEAR:
            for span in self._open_in(number):
                if span.closes > start:
                    last_open = number
                    yield span
            number += 1
        raise CalendarNeverOpen

    def _open_in(self, number: int) -> tuple[Span, ...]:
        """The open time within one UTC day, numbered from 1970.

        UTC days, unlike local ones, have equal length, and none is skipped or repeated.
        """
        if number not in self._open:
            begin = day_begin(number)
            self._open[number] = tuple(
                span
                for since, until, offset in constant_offsets(self.zone, begin, begin + DAY)
                for local in _dates((since + offset).date(), (until + offset).date())
                for span in open_between(since, until, offset, self.day(local))
            )
        return self._open[number]

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def day(self, day: date) -> Day:
        """What a date is to the desk: its hours, and why it has them."""
        if day not in self._days:
            self._days[day] = self._looked_up(day)
        return self._days[day]

    def _looked_up(self, day: date) -> Day:
        if self.desk is not None:
            return self._own_day(self.desk.day(day), self.own[day.weekday()])
        period = next((each for each in self.periods if each.covers(day)), None)
        weekday = (period.week if period else self.week)[day.weekday()]
        for own in self._firm_days:
            if own.falls_on(day):
                hours = own.hours(weekday)
                return Day(date=day, intervals=hours, kind=DayKind.FIRM, name=own.name)
        if name := self.holidays.in_year(day.year).get(day):
            return Day(date=day, intervals=(), kind=DayKind.HOLIDAY, name=name)
        return Day(date=day, intervals=weekday, name=period.name if period else "")

    @staticmethod
    def _own_day(desk: Day, own: tuple[Interval, ...] | None) -> Day:
        if own is None:
            return desk
        ordinary = desk.kind is DayKind.ORDINARY
        return replace(desk, intervals=own if ordinary else common(own, desk.intervals))

    @cached_property
    def _firm_days(self) -> tuple[FirmDay, ...]:
        return tuple(sorted(self.firm_days, key=lambda own: own.reach))

    def for_person(self, week: OwnWeek) -> "BusinessCalendar":
        """The calendar of a person at this desk who has their own hours.

        The person is off on the desk's holidays. On the firm's own days they work in those of their
        hours in which the firm is open.
        """
        if week not in self._people:
            self._people[week] = BusinessCalendar(
                zone=self.zone, week=self.week, desk=self, own=week
            )
        return self._people[week]


def _dates(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY


def _months_from(day: date) -> Iterator[date]:
    """The first day of the month of `day`, and of each month in the two years after it."""
    for month in range(day.month - 1, day.month + 24):
        yield date(day.year + month // 12, month % 12 + 1, 1)
