"""The desk as shipped: the calendar that operators have who change nothing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from intake.settings.calendar import Calendar

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
DESK = Calendar().build()


def at(text: str) -> datetime:
    """`2026-11-27 17:30`, on the desk's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=SAO_PAULO)


def day(text: str) -> date:
    """`2026-11-27`."""
    return date.fromisoformat(text)
