"""`intake calendar`: a month as the desk counts it, to be checked against the wall calendar."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import click
from rich.console import Console
from rich.table import Table

from intake.cli.context import CommandContext
from intake.cli.instant import WrongInput
from routing.calendar import BusinessCalendar, Day, DayKind
from routing.calendar.wording import length, weekday_name, why_closed

_MONTH = re.compile(r"((?:19|20|21)\d\d)-(0[1-9]|1[0-2])")


@click.command(epilog="Example: intake calendar --month 2026-11")
@click.option("--month", help="Year and month, 2026-11; the current one where it is not said.")
@click.pass_obj
def calendar(context: CommandContext, month: str | None) -> None:
    """A month day by day: business hours, and why the desk is closed where it is."""
    desk = context.settings_or_shipped().calendar.build()
    first = _first_of(month, desk)
    table = Table(
        title=f"Expediente em {first:%m/%Y} ({desk.zone.key})",
        title_justify="left",
        header_style="bold",
        pad_edge=False,
    )
    for heading in ("Dia", "", "Expediente", "Horas", "Observação"):
        table.add_column(heading, no_wrap=heading != "Observação")
    for day in _days(first, desk):
        table.add_row(
            f"{day.date:%d/%m}",
            weekday_name(day.date),
            ", ".join(map(str, day.intervals)) or "fechado",
            length(_open(day.date, desk)) if day.intervals else "",
            _remark(day),
            style=None if day.intervals else "dim",
        )
    console = Console(markup=False, emoji=False, highlight=False)
    console.print(table)
    lengths = [_open(day.date, desk) for day in _days(first, desk)]
    console.print(
        f"{sum(map(bool, lengths))} dias úteis, {length(sum(lengths, timedelta(0)))} de expediente."
    )


def _first_of(month: str | None, desk: BusinessCalendar) -> date:
    if month is None:
        return datetime.now(UTC).astimezone(desk.zone).date().replace(day=1)
    found = _MONTH.fullmatch(month)
    if found is None:
        raise WrongInput(f"--month: {month!r} is no month; write year and month, 2026-11")
    return date(int(found[1]), int(found[2]), 1)


def _days(first: date, desk: BusinessCalendar) -> Iterator[Day]:
    day = first
    while day.month == first.month:
        yield desk.day(day)
        day += timedelta(days=1)


def _open(day: date, desk: BusinessCalendar) -> timedelta:
    return sum((span.length for span in desk.on(day)), timedelta(0))


def _remark(day: Day) -> str:
    if not day.intervals:
        return why_closed(day)
    return day.name if day.kind is DayKind.FIRM else ""
