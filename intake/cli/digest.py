"""`intake digest`: the morning overview of a level, and the month's suggestions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.text import Text

from intake.cli.as_json import print_json
from intake.cli.context import CommandContext, look
from intake.cli.csv_file import as_csv
from intake.cli.instant import WrongInput
from intake.cli.month import Month, bounds
from intake.cli.table import console, titled
from intake.replies.presentable import one_line
from intake.settings.model import Settings
from intake.store.database import Database
from intake.store.digests import Improvement, improvements, open_tickets
from routing.suggestion import suggestion
from routing.watch.digest import Line, Section, Topic, for_level
from routing.watch.digest import digest as sections_of

HEADINGS = {
    Topic.OVERDUE: ("Vencidos", "Venceu"),
    Topic.DUE_TODAY: ("Vencem hoje", "Vence"),
    Topic.NEW: ("Novos, ainda sem triagem", "Chegou"),
    Topic.UNSCHEDULED: ("Sem agendamento", "Com o responsável desde"),
    Topic.STOPPED: ("Parados há mais tempo", "Última ação"),
    Topic.WAITING: ("Esperando o cliente", "Perguntado"),
}


@click.command(epilog="Example: intake digest --for N1; intake digest --improvements --csv")
@click.option("--for", "level", default="", help="The level that looks; N0 where none is said.")
@click.option("--improvements", "improving", is_flag=True, help="The month's suggestions instead.")
@click.option("--month", type=Month(), help="2026-11; this month where it is not said.")
@click.option("--csv", "csv", is_flag=True, help="The suggestions for a spreadsheet.")
@click.option("--json", "as_json", is_flag=True, help="One list of objects.")
@click.pass_obj
def digest(
    context: CommandContext,
    level: str,
    improving: bool,
    month: date | None,
    csv: bool,
    as_json: bool,
) -> None:
    """The open tickets by what they need: overdue, due today, new, unscheduled, standing still,
    waiting for the client.
    """
    if not improving and (csv or month is not None):
        raise WrongInput("--csv and --month are for --improvements")
    settings = context.settings()
    zone = settings.calendar.build().zone
    if improving:
        _show_improvements(look(_improvements(settings, month)), zone, csv=csv, as_json=as_json)
        return
    found = look(_sections(settings, _known(level, settings)))
    if as_json:
        print_json([_section_json(section) for section in found])
    elif not found:
        click.echo("No ticket needs anything now.")
    else:
        for section in found:
            _print_section(section, zone)


def _known(level: str, settings: Settings) -> str:
    levels = settings.roster.build().levels
    known = {each.casefold(): each for each in levels}
    if not level:
        return levels[0]
    if level.strip().casefold() not in known:
        raise WrongInput(f"--for: there is no level {level!r}; {suggestion(level, levels)}")
    return known[level.strip().casefold()]


async def _sections(settings: Settings, level: str) -> tuple[Section, ...]:
    roster, calendar = settings.roster.build(), settings.calendar.build()
    async with (
        Database.open(settings.database) as database,
        database.transaction() as connection,
    ):
        tickets = await open_tickets(connection)
    return sections_of(
        for_level(tickets, level, roster.levels),
        now=datetime.now(UTC),
        calendar=calendar,
        # Show all of them: the mail lists only some and refers to this command.
        policy=replace(settings.watch.digest.build(), most=len(tickets)),
    )


async def _improvements(settings: Settings, month: date | None) -> list[Improvement]:
    since, until = bounds(month, settings.calendar.build().zone)
    async with (
        Database.open(settings.database) as database,
        database.transaction() as connection,
    ):
        return await improvements(connection, since, until)


def _section_json(section: Section) -> dict[str, Any]:
    return {
        "topic": section.topic.value,
        "total": section.total,
        "tickets": [_line_json(line) for line in section.lines],
    }


def _line_json(line: Line) -> dict[str, Any]:
    state = line.ticket.state
    return {
        "number": state.number,
        "title": state.title,
        "owner": state.owner,
        "level": state.level,
        "priority": state.priority.value,
        "stage": state.stage.value,
        "at": line.at.isoformat(),
        "desk_url": state.desk_url,
    }


def _print_section(section: Section, zone: ZoneInfo) -> None:
    title, when = HEADINGS[section.topic]
    table = titled(f"{title} ({section.total})", "Chamado", "Título", "Responsável", "Nível", when)
    for line in section.lines:
        state = line.ticket.state
        cells = (state.number, state.title, state.owner or "—", state.level, _at(line.at, zone))
        # Clients wrote some of the text: remove control characters.
        table.add_row(*(Text(one_line(cell, 80)) for cell in cells))
    console().print(table)
    click.echo()


COLUMNS = ("number", "title", "client", "owner", "stage", "priority", "received_at", "desk_url")


def _show_improvements(
    found: Sequence[Improvement], zone: ZoneInfo, *, csv: bool, as_json: bool
) -> None:
    rows = [
        [
            each.received_at.astimezone(zone).isoformat()
            if name == "received_at"
            else getattr(each, name)
            for name in COLUMNS
        ]
        for each in found
    ]
    if as_json:
        print_json([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    elif csv:
        click.echo(as_csv(COLUMNS, rows), nl=False)
    elif not found:
        click.echo("No suggestion came in that month.")
    else:
        table = titled("Melhorias do mês", "Chamado", "Título", "Cliente", "Responsável", "Chegou")
        for each in found:
            cells = (
                each.number,
                each.title,
                each.client,
                each.owner or "—",
                _at(each.received_at, zone),
            )
            table.add_row(*(Text(one_line(cell, 80)) for cell in cells))
        console().print(table)


def _at(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%d/%m %H:%M")
