"""[calendar]: when the desk is open."""

import datetime
import re
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from holidays import list_supported_countries
from pydantic import AfterValidator, Field, field_validator, model_validator

from intake.settings.complaint import Complaints
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
from routing.calendar.public_holidays import categories_of, names_of, subdivisions_of
from routing.suggestion import suggestion


def _in_order(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(interval) for interval in parse_hours(texts))


DayHours = Annotated[tuple[str, ...], AfterValidator(_in_order)]
"""The hours of one day, `["09:00-12:00", "13:00-18:00"]`; empty: closed."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SHIPPED = ("09:00-12:00", "13:00-18:00")
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")
_LEAP_YEAR = 2024


class Hours(Section):
    """[calendar.hours]: the week. A day that is not named keeps the shipped hours."""

    monday: DayHours = _SHIPPED
    tuesday: DayHours = _SHIPPED
    wednesday: DayHours = _SHIPPED
    thursday: DayHours = _SHIPPED
    friday: DayHours = _SHIPPED
    saturday: DayHours = ()
    sunday: DayHours = ()

    def build(self) -> Week:
        """Monday first."""
        return tuple(parse_hours(getattr(self, weekday)) for weekday in WEEKDAYS)


class OwnDay(Section):
    """[[calendar.day]]: a day of the firm's own, on one date or every year.

    A city's holiday, a bridge, a half day, or a holiday on which the firm works. Without
    `intervals`, a half day ends at noon and an open one has the weekday's hours.
    """

    name: str = Field(min_length=1)
    date: datetime.date | None = None
    every: str | None = None
    """Month and day, `01-25`."""
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
        if (self.date is None) == (self.every is None):
            raise ValueError(
                "give either date (2026-11-20) or every (01-25, month and day of each year)"
            )
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
            on=self.date,
            month_day=(int(found[1]), int(found[2])) if found else None,
            intervals=parse_hours(self.intervals),
        )


class Holidays(Section):
    """[calendar.holidays]: which days of the `holidays` library the desk keeps."""

    country: str = "BR"
    """ISO 3166-1, as the library has it; empty: none."""
    subdivisions: tuple[str, ...] = ("SP",)
    """States, and the cities that the library knows: `São Paulo Capital`."""
    categories: tuple[str, ...] = ("public",)
    also: tuple[str, ...] = ()
    """Days of the library's other categories, by name: `Carnaval`, `Corpus Christi`."""

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
    """The desk's time zone, its week, the public holidays and the firm's own days."""

    timezone: str = "America/Sao_Paulo"
    hours: Hours = Hours()
    holidays: Holidays = Holidays()
    day: tuple[OwnDay, ...] = ()

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        if value not in (known := available_timezones()):
            raise ValueError(f"unknown time zone {value!r}; {suggestion(value, known)}")
        return value

    @model_validator(mode="after")
    def _days(self) -> "Calendar":
        complaints = Complaints("Calendar")
        week = self.hours.build()
        if not any(week):
            complaints.add(("hours",), "the desk never opens; give at least one day its hours")
        seen: set[datetime.date | str | None] = set()
        for number, day in enumerate(self.day):
            which = day.date or day.every
            if which in seen:
                complaints.add(("day", number), f"{which} stands there twice: keep one of the two")
            seen.add(which)
            if (
                day.date is not None
                and day.is_open
                and not day.build().hours(week[day.date.weekday()])
            ):
                complaints.add(
                    ("day", number),
                    f"{day.date} is a {day.date:%A} without hours of its own to keep: "
                    'give intervals = ["09:00-12:00"]',
                )
        complaints.raise_if_any()
        return self

    def build(self) -> BusinessCalendar:
        """The calendar that routing counts with."""
        return BusinessCalendar(
            zone=ZoneInfo(self.timezone),
            week=self.hours.build(),
            firm_days=tuple(day.build() for day in self.day),
            holidays=self.holidays.build(),
        )
