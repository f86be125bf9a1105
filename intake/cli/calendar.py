"""`intake calendar`: the desk's business hours in a month, to compare with a wall calendar."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import click
from rich.table import Table

from intake.cli.as_json import print_json
from intake.cli.context import CommandContext
from intake.cli.instant import WrongInput
from intake.cli.table import console, titled
from routing.calendar import BusinessCalendar, Day, DayKind
from routing.calendar.wording import length, weekday_name, why_closed

_YEARS = r"(?:19|20|21)\d\d"
_MONTH = re.compile(rf"({_YEARS})-(0[1-9]|1[0-2])")
_YEAR = re.compile(_YEARS)


@click.command(epilog="Example: intake calendar --month 2026-11")
@click.option("--month", help="Year and month, 2026-11; the current one where it is not said.")
@click.option("--year", help="2027: only that year's holidays and days of the firm's own.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_obj
def calendar(context: CommandContext, month: str | None, year: str | None, as_json: bool) -> None:
    """A month day by day: business hours, and why the desk is closed where it is.

    With --year, the days of a year on which the desk departs from its week: to be gone through
    once a year, when the new year's bridges are known.
    """
    if month is not None and year is not None:
        raise WrongInput("give --month or --year, not both")
    desk = context.settings_or_shipped().calendar.build()
    if year is not None:
        which, days = year, [day for day in _year(year, desk) if _remarkable(day)]
        title = f"Feriados e dias da firma em {year} ({desk.zone.key})"
    else:
        first = _first_of(month, desk)
        which, days = f"{first:%Y-%m}", list(_days(first, desk))
        title = f"Expediente em {first:%m/%Y} ({desk.zone.key})"
    if as_json:
        print_json(_as_json(which, days, desk))
        return
    out = console()
    out.print(_table(title, days, desk))
    if year is None:
        lengths = [_open(day.date, desk) for day in days]
        total = length(sum(lengths, timedelta(0)))
        out.print(f"{sum(map(bool, lengths))} dias úteis, {total} de expediente.")


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


def _year(year: str, desk: BusinessCalendar) -> Iterator[Day]:
    if not _YEAR.fullmatch(year):
        raise WrongInput(f"--year: {year!r} is no year; write for instance 2027")
    for month in range(1, 13):
        yield from _days(date(int(year), month, 1), desk)


def _remarkable(day: Day) -> bool:
    return day.kind is not DayKind.ORDINARY


def _table(title: str, days: Sequence[Day], desk: BusinessCalendar) -> Table:
    table = titled(title, "Dia", "", "Expediente", "Horas", "Observação")
    for day in days:
        table.add_row(
            f"{day.date:%d/%m}",
            weekday_name(day.date),
            ", ".join(map(str, day.intervals)) or "fechado",
            length(_open(day.date, desk)) if day.intervals else "",
            day.name if day.intervals else why_closed(day),
            style=None if day.intervals else "dim",
        )
    return table


def _as_json(which: str, days: Sequence[Day], desk: BusinessCalendar) -> dict[str, object]:
    lengths = [_open(day.date, desk) for day in days]
    return {
        "period": which,
        "timezone": desk.zone.key,
        "business_days": sum(map(bool, lengths)),
        "business_hours": sum(lengths, timedelta(0)) / timedelta(hours=1),
        "days": [
            {
                "date": day.date.isoformat(),
                "kind": day.kind.value,
                "name": day.name,
                "intervals": [str(interval) for interval in day.intervals],
                "hours": open_time / timedelta(hours=1),
            }
            for day, open_time in zip(days, lengths, strict=True)
        ],
    }


def _open(day: date, desk: BusinessCalendar) -> timedelta:
    return sum((span.length for span in desk.on(day)), timedelta(0))
