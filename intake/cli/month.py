"""Months on the command line."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import click
from babel.dates import format_skeleton

from intake.cli.instant import WrongInput
from routing.calendar.month import month_bounds


class Month(click.ParamType[date]):
    """A month such as `2026-11`, converted to its first day."""

    name = "month"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            month = datetime.strptime(value.strip(), "%Y-%m").date()  # noqa: DTZ007
        except ValueError as error:
            raise WrongInput(
                f"--month: {value!r} is no month; write for instance 2026-11"
            ) from error
        if not 1970 <= month.year < 2200:
            raise WrongInput(f"--month: {value!r}: the year must be between 1970 and 2199")
        return month


def bounds(month: date | None, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instants of the month and of the next one. None means the current month."""
    return month_bounds(month or datetime.now(UTC).astimezone(zone).date(), zone)


def in_words(month: date, language: str = "pt-BR") -> str:
    """`novembro de 2026`, or `November 2026` in English."""
    return format_skeleton("yMMMM", month, locale=language.replace("-", "_"))
