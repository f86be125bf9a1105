"""`intake report`: how many of a month's tickets met the SLA."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from intake.cli.as_json import print_json
from intake.cli.context import CommandContext, look
from intake.cli.csv_file import as_csv
from intake.cli.instant import WrongInput
from intake.cli.month import Month, bounds, in_words
from intake.cli.report_chart import chart
from intake.cli.report_groups import Group, by_level, by_type
from intake.cli.report_rows import HEADINGS, as_object, as_objects, as_rows
from intake.cli.report_table import print_report
from intake.settings.model import Settings
from intake.store.database import Database
from intake.store.sla_report import promised
from routing.watch.report import Promised, Promises
from routing.watch.report import report as report_of

_STDOUT = Path("-")


@click.command(epilog="Example: intake report --month 2026-11 --svg prazos.svg")
@click.option("--month", type=Month(), help="2026-11; this month where it is not said.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.option(
    "--csv",
    "csv",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write it for a spreadsheet into this file; - is standard output.",
)
@click.option(
    "--svg",
    "svg",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Write a chart into this file; - is standard output.",
)
@click.pass_obj
def report(
    context: CommandContext, month: date | None, as_json: bool, csv: Path | None, svg: Path | None
) -> None:
    """The share of first responses and of resolutions in time, by request type and by level.

    Of the tickets that came in during the month, as they stand now.
    """
    to_stdout = [as_json, csv == _STDOUT, svg == _STDOUT]
    if sum(to_stdout) > 1:
        raise WrongInput("only one of --json, --csv - and --svg - can go to standard output")
    settings = context.settings()
    found = _found(settings, month)
    if csv is not None:
        _write(csv, as_csv(HEADINGS, as_rows(found.types, found.levels, found.total)))
    if svg is not None:
        _write(svg, _picture(found, settings))
    if as_json:
        print_json(_as_json(found))
    elif not any(to_stdout):
        _print(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """A month's report as it is shown. Times are in the desk's time zone."""

    month: date
    now: datetime
    types: tuple[Group, ...]
    levels: tuple[Group, ...]
    total: Promises


def _found(settings: Settings, month: date | None) -> _Found:
    zone = settings.calendar.build().zone
    since, until = bounds(month, zone)
    now = datetime.now(zone)
    found = report_of(look(_promised(settings, since, until)), now=now)
    return _Found(
        month=since.date(),
        now=now,
        types=by_type(found, settings),
        levels=by_level(found, settings),
        total=found.total,
    )


async def _promised(settings: Settings, since: datetime, until: datetime) -> list[Promised]:
    async with (
        Database.open(settings.database) as database,
        database.transaction() as connection,
    ):
        return await promised(connection, since, until)


def _as_json(found: _Found) -> dict[str, Any]:
    return {
        "month": f"{found.month:%Y-%m}",
        "as_of": found.now.isoformat(timespec="seconds"),
        "types": as_objects(found.types),
        "levels": as_objects(found.levels),
        "total": as_object(found.total),
    }


def _picture(found: _Found, settings: Settings) -> str:
    return chart(
        found.types,
        found.levels,
        found.total,
        month=found.month,
        now=found.now,
        firm=settings.organisation.name,
        language=settings.replies.default_language,
    )


def _print(found: _Found) -> None:
    if found.total.received:
        print_report(in_words(found.month), found.types, found.levels, found.total)
    else:
        click.echo("No ticket came in that month.")


def _write(file: Path, text: str) -> None:
    if file == _STDOUT:
        click.echo(text, nl=False)
    else:
        # Unchanged: CSV text already has its line ends.
        file.write_text(text, encoding="utf-8", newline="")
