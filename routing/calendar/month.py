"""The bounds of calendar months."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo


def month_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of the day's month in that zone, and that of the next month."""
    first = day.replace(day=1)
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return (
        datetime.combine(first, time.min, zone),
        datetime.combine(after, time.min, zone),
    )
