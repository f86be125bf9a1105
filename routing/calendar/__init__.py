"""When the desk is open, and how business time is counted.

Where countries differ, the Brazilian rules apply: see `BusinessCalendar.add_days`.
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
