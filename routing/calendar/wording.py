"""Formats days, instants and lengths for people (pt-BR)."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date

from routing.calendar.day import Day, DayKind

_SATURDAY = 5


def why_closed(day: Day) -> str:
    """Why a day is closed: the holiday, the firm's own day, or a weekday without hours."""
    if day.kind is DayKind.HOLIDAY:
        return f"feriado: {day.name}"
    if day.kind is DayKind.FIRM:
        return day.name
    return "fim de semana" if day.date.weekday() >= _SATURDAY else "sem expediente"


@lru_cache(maxsize=1024)
def day_name(day: date) -> str:
    """`segunda-feira, 30/11/2026`."""
    return format_date(day, "EEEE, dd/MM/yyyy", locale="pt_BR")


@lru_cache(maxsize=1024)
def weekday_name(day: date) -> str:
    """`segunda-feira`."""
    return format_date(day, "EEEE", locale="pt_BR")


def moment(at: datetime) -> str:
    """`segunda-feira, 30/11/2026, às 09:30`, with the seconds unless they are zero."""
    return f"{day_name(at.date())}, às {clock(at)}"


def clock(at: datetime) -> str:
    """`09:30`, or `09:30:15`."""
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def length(span: timedelta) -> str:
    """`2h30min`, `45min`, `12s`."""
    seconds = round(span / timedelta(seconds=1))
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0min"
