"""Hours of a day and of a week, as the calendar and the roster write them."""

import datetime
from typing import Annotated

from pydantic import AfterValidator

from intake.settings.section import Section
from routing.calendar import OwnWeek, Week, parse_hours


def _in_order(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(interval) for interval in parse_hours(texts))


DayHours = Annotated[tuple[str, ...], AfterValidator(_in_order)]
"""The hours of one day, `["09:00-12:00", "13:00-18:00"]`. Empty: closed."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_SHIPPED = ("09:00-12:00", "13:00-18:00")


class Hours(Section):
    """[calendar.hours]: the desk's week. A day that is not named keeps the default hours."""

    monday: DayHours = _SHIPPED
    tuesday: DayHours = _SHIPPED
    wednesday: DayHours = _SHIPPED
    thursday: DayHours = _SHIPPED
    friday: DayHours = _SHIPPED
    saturday: DayHours = ()
    sunday: DayHours = ()

    def build(self) -> Week:
        """Intervals for each weekday, Monday first."""
        return tuple(parse_hours(getattr(self, weekday)) for weekday in WEEKDAYS)


class OwnHours(Section):
    """Hours of a person or a period. A day that is not named has the desk's hours; `[]` is a day
    off."""

    monday: DayHours | None = None
    tuesday: DayHours | None = None
    wednesday: DayHours | None = None
    thursday: DayHours | None = None
    friday: DayHours | None = None
    saturday: DayHours | None = None
    sunday: DayHours | None = None

    def build(self) -> OwnWeek:
        """Intervals for each weekday, Monday first; None for a day that is not named."""
        week = (getattr(self, weekday) for weekday in WEEKDAYS)
        return tuple(None if day is None else parse_hours(day) for day in week)


def check_order(first: datetime.date | None, last: datetime.date | None) -> None:
    """Raises ValueError if `last` is before `first`."""
    if first is not None and last is not None and last < first:
        raise ValueError(f"last ({last}) is before first ({first}); swap the two")
