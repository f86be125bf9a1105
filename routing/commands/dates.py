"""Reads dates as Brazilians write them in a hurry."""

import re
from datetime import date, datetime, time, timedelta

from routing.commands.parameters import folded

LATE = timedelta(days=120)
MOST_YEARS = 20
"""A year further ahead than this is taken for a typing mistake."""
NEAR = {"hoje": 0, "today": 0, "amanha": 1, "tomorrow": 1}

_CLOCK = r"(?:(?:[ t]|, ?| as | a )(?P<hour>\d{1,2})(?:h(?P<minutes>\d{2})?|:(?P<minute>\d{2})))?"
_SHAPES = (
    re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}}){_CLOCK}"),
    re.compile(
        rf"(?P<day>\d{{1,2}})[/.-](?P<month>\d{{1,2}})(?:[/.-](?P<year>\d{{4}}|\d{{2}}))?{_CLOCK}"
    ),
    re.compile(rf"(?P<near>{'|'.join(NEAR)}){_CLOCK}"),
)


def iso_deadline(written: str, *, today: date) -> str | None:
    """The date in ISO 8601, as a day or an instant without a zone; None if it is no date.

    A date without a year is the next one, `today` included. But if that date was at most LATE ago,
    the past date is meant, so that the person is told that the deadline is over.
    """
    plain = " ".join(folded(written).split())
    for shape in _SHAPES:
        match = shape.fullmatch(plain)
        if match is not None:
            try:
                return _iso(match, today)
            except ValueError:
                return None
    return None


def _iso(match: re.Match[str], today: date) -> str:
    parts = match.groupdict()
    day = today + timedelta(days=NEAR[parts["near"]]) if parts.get("near") else _day(parts, today)
    if parts["hour"] is None:
        return day.isoformat()
    clock = time(int(parts["hour"]), int(parts["minutes"] or parts["minute"] or 0))
    return datetime.combine(day, clock).isoformat(timespec="minutes")


def _day(parts: dict[str, str | None], today: date) -> date:
    day, month = int(parts["day"] or 0), int(parts["month"] or 0)
    year = parts.get("year")
    if year is not None:
        full = int(year) + (2000 if len(year) == 2 else 0)
        if full > today.year + MOST_YEARS:
            raise ValueError("nobody promises that")
        return date(full, month, day)
    for candidate in (today.year, today.year + 1, today.year + 2, today.year + 3):
        try:
            found = date(candidate, month, day)
        except ValueError:
            continue
        if found >= today - LATE:
            return found
    raise ValueError("no year has that day")
