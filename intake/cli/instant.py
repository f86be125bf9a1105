"""Dates and times on the command line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click

_YEARS = range(1970, 2200)


class WrongInput(click.ClickException):
    """What was asked cannot be answered as it is written: one line, exit code 2."""

    exit_code = 2


class Instant(click.ParamType[datetime]):
    """An ISO 8601 date and time. Without an offset, it is in the calendar's time zone."""

    name = "instant"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(value.strip())
        except ValueError as error:
            name = param.opts[0] if param else "instant"
            raise WrongInput(
                f"{name}: {value!r} is no date and time; write for instance "
                "2026-11-27T17:30:00-03:00"
            ) from error
        if at.year not in _YEARS:
            raise WrongInput(f"{value!r}: the year must be between 1970 and 2199")
        return at


def located(at: datetime | None, zone: ZoneInfo) -> datetime:
    """The time with a zone: `zone` if it has none. None means now."""
    if at is None:
        return datetime.now(UTC).astimezone(zone)
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)
