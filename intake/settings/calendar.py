"""[calendar]: when the desk is open."""

import datetime
import re
from zoneinfo import ZoneInfo, available_timezones

from holidays import list_supported_countries
from pydantic import Field, field_validator, model_validator

from intake.settings.complaint import Complaints
from intake.settings.hours import DayHours, Hours, OwnHours, check_order
from intake.settings.section import Section
from routing.calendar import (
    NO_HOLIDAYS,
    BusinessCalendar,
    FirmDay,
    FirmDayKind,
    HolidaySource,
    PublicHolidays,
    Week,
    parse_hours,
)
from routing.calendar import Period as RoutingPeriod
from routing.calendar.public_holidays import categories_of, names_of, subdivisions_of
from routing.suggestion import suggestion

_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")
_LEAP_YEAR = 2024
_END = datetime.date.max
_LONGEST = datetime.timedelta(days=366)


class Period(Section):
    """[[calendar.period]]: dates on which different weekly hours apply. Without `last`, they apply
    from `first` on.

    Weekdays that are not named keep the hours of [calendar.hours].
    """

    name: str = Field(min_length=1)
    first: datetime.date
    last: datetime.date | None = None
    hours: OwnHours

    @model_validator(mode="after")
    def _order(self) -> "Period":
        check_order(self.first, self.last)
        return self

    def build(self, week: Week) -> RoutingPeriod:
        """`week` is the desk's usual week; it fills the weekdays that this period does not name."""
        own = zip(self.hours.build(), week, strict=True)
        merged = tuple(usual if hours is None else hours for hours, usual in own)
        return RoutingPeriod(name=self.name, first=self.first, last=self.last, week=merged)


class OwnDay(Section):
    """[[calendar.day]]: the firm's own closed, half or open days.

    For example a city's holiday, a bridge day, a half day, a recess, or a holiday on which the firm
    works. Give `date` for one day, `first` and `last` for each day from one to the other, or
    `every` for a day of each year (`first` and `last` may then limit the period). Without
    `intervals`, a half day ends at noon and an open day has the weekday's hours.
    """

    name: str = Field(min_length=1)
    date: datetime.date | None = None
    every: str | None = None
    """Month and day, `01-25`."""
    first: datetime.date | None = None
    last: datetime.date | None = None
    kind: FirmDayKind = FirmDayKind.CLOSED
    intervals: DayHours = ()

    @field_validator("every")
    @classmethod
    def _month_day(cls, value: str | None) -> str | None:
        if value is not None:
            found = _MONTH_DAY.fullmatch(value)
            try:
                datetime.date(_LEAP_YEAR, *map(int, found.groups() if found else ()))
            except (TypeError, ValueError) as error:
                raise ValueError(
                    f"{value!r} is no day of the year; write month and day, 01-25"
                ) from error
        return value

    @model_validator(mode="after")
    def _whole(self) -> "OwnDay":
        several = self.first is not None and self.last is not None
        if (self.date is not None) + (self.every is not None) + (several and not self.every) != 1:
            raise ValueError(
                "give date (2026-11-20), or first and last (each day from one to the other), "
                "or every (01-25, month and day of each year)"
            )
        if self.date and (self.first or self.last):
            raise ValueError("a single date has neither first nor last; leave them out")
        check_order(self.first, self.last)
        if self.kind is FirmDayKind.CLOSED and self.intervals:
            raise ValueError('a closed day has no intervals; write kind = "half" or "open"')
        return self

    @property
    def is_open(self) -> bool:
        return self.kind is not FirmDayKind.CLOSED

    def build(self) -> FirmDay:
        found = _MONTH_DAY.fullmatch(self.every or "")
        return FirmDay(
            name=self.name,
            kind=self.kind,
            first=self.date or self.first,
            last=self.date or self.last,
            month_day=(int(found[1]), int(found[2])) if found else None,
            intervals=parse_hours(self.intervals),
        )


class Holidays(Section):
    """[calendar.holidays]: the public holidays on which the desk is closed, from the `holidays`
    library."""

    country: str = "BR"
    """ISO 3166-1 code, as the library writes it. Empty: no public holidays."""
    subdivisions: tuple[str, ...] = ("SP",)
    """States, and cities that the library knows: `São Paulo Capital`."""
    categories: tuple[str, ...] = ("public",)
    also: tuple[str, ...] = ()
    """Further days by name, from the library's other categories: `Carnaval`, `Corpus Christi`."""

    @field_validator("country")
    @classmethod
    def _country(cls, value: str) -> str:
        if value and value not in (known := list_supported_countries()):
            raise ValueError(f"unknown country {value!r}; {suggestion(value, known)}")
        return value

    @model_validator(mode="after")
    def _known(self) -> "Holidays":
        complaints = Complaints("Holidays")
        if self.country:
            self._check("subdivisions", subdivisions_of(self.country), complaints)
            self._check("categories", categories_of(self.country), complaints)
            complaints.raise_if_any()
            if self.also:
                self._check("also", names_of(self.country, self.subdivisions), complaints)
        complaints.raise_if_any()
        return self

    def _check(self, key: str, known: tuple[str, ...], complaints: Complaints) -> None:
        for number, value in enumerate(getattr(self, key)):
            if value not in known:
                hint = suggestion(value, known)
                complaints.add((key, number), f"unknown in {self.country}: {value!r}; {hint}")

    def build(self) -> HolidaySource:
        if not self.country:
            return NO_HOLIDAYS
        return PublicHolidays(
            country=self.country,
            subdivisions=self.subdivisions,
            categories=self.categories,
            also=self.also,
        )


class Calendar(Section):
    """The desk's time zone, weekly hours, public holidays and the firm's own days."""

    timezone: str = "America/Sao_Paulo"
    hours: Hours = Hours()
    period: tuple[Period, ...] = ()
    holidays: Holidays = Holidays()
    day: tuple[OwnDay, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in (known := available_timezones()):
            raise ValueError(f"unknown time zone {value!r}; {suggestion(value, known)}")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Calendar":
        complaints = Complaints("Calendar")
        if not any(self.hours.build()):
            complaints.add(("hours",), "the desk never opens; give at least one day its hours")
        self._check_periods(complaints)
        self._check_days(complaints)
        complaints.raise_if_any()
        return self

    def _check_periods(self, complaints: Complaints) -> None:
        week = self.hours.build()
        for number, period in enumerate(self.period):
            if period.last is None and not any(period.build(week).week):
                complaints.add(
                    ("period", number),
                    f"{period.name!r} closes the desk for ever: give last, or some hours",
                )
            for other in self.period[:number]:
                last = min(period.last or _END, other.last or _END)
                if max(period.first, other.first) <= last:
                    complaints.add(
                        ("period", number),
                        f"{period.name!r} overlaps {other.name!r}: let one end before the other",
                    )

    def _check_days(self, complaints: Complaints) -> None:
        calendar = self.build()
        seen: set[tuple[object, ...]] = set()
        for number, day in enumerate(self.day):
            which = (day.date, day.every, day.first, day.last)
            if which in seen:
                said = day.date or day.every or f"{day.first} to {day.last}"
                complaints.add(("day", number), f"{said} stands there twice: keep one of the two")
            seen.add(which)
            if day.first and day.last and not day.every and day.last - day.first > _LONGEST:
                complaints.add(
                    ("day", number),
                    f"{day.first} to {day.last} is more than a year; is the year right?",
                )
            if day.date is not None and day.is_open and not calendar.day(day.date).intervals:
                complaints.add(
                    ("day", number),
                    f"{day.date} is a {day.date:%A} without hours of its own to keep: "
                    'give intervals = ["09:00-12:00"]',
                )

    def build(self) -> BusinessCalendar:
        """The calendar with which routing counts business time."""
        week = self.hours.build()
        return BusinessCalendar(
            zone=ZoneInfo(self.timezone),
            week=week,
            periods=tuple(period.build(week) for period in self.period),
            firm_days=tuple(day.build() for day in self.day),
            holidays=self.holidays.build(),
        )
