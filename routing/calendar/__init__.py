"""When the desk is open, and how its time is counted.

The rules are Brazilian ones where practice differs between countries: see `add_days`.
"""

from routing.calendar.business import BusinessCalendar, CalendarNeverOpen
from routing.calendar.day import Day, DayKind, FirmDay, FirmDayKind, OwnWeek, Period, Week
from routing.calendar.interval import Interval, IntervalInvalid, parse_hours
from routing.calendar.public_holidays import NO_HOLIDAYS, HolidaySource, PublicHolidays
from routing.calendar.span import Span

__all__ = [
    "NO_HOLIDAYS",
    "BusinessCalendar",
    "CalendarNeverOpen",
    "Day",
    "DayKind",
    "FirmDay",
    "FirmDayKind",
    "HolidaySource",
    "Interval",
    "IntervalInvalid",
    "OwnWeek",
    "Period",
    "PublicHolidays",
    "Span",
    "Week",
    "parse_hours",
]
