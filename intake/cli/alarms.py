"""`intake alarms`: which alarms will fire, when, and whom they notify."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.text import Text

from intake.cli.as_json import print_json
from intake.cli.context import CommandContext, look
from intake.cli.table import console, titled
from intake.replies.presentable import one_line
from intake.settings.model import Settings
from intake.store import alarms as store
from intake.store.database import Database
from routing.calendar import BusinessCalendar
from routing.roster import Roster
from routing.watch.alarms import AlarmKind
from routing.watch.audience import Role, audience
from routing.watch.state import TicketState

LABELS = {
    AlarmKind.URGENT: "urgente",
    AlarmKind.UNSCHEDULED: "sem agendamento",
    AlarmKind.FIRST_RESPONSE: "sem resposta inicial",
    AlarmKind.RESOLUTION_NEAR: "prazo perto do fim",
    AlarmKind.RESOLUTION_BREACH: "prazo vencido",
    AlarmKind.DEADLINE_NEAR: "data final perto",
    AlarmKind.DEADLINE_BREACH: "data final vencida",
    AlarmKind.REMINDER: "lembrete do dia",
}
ROLE_LABELS = {
    Role.OWNER: "responsável",
    Role.FIRST_LEVEL: "N0",
    Role.COORDINATION: "Coordenação",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockRow:
    """An alarm as the command shows it."""

    kept: store.StoredAlarm
    state: TicketState
    people: Sequence[tuple[str, str]]
    """Logins and roles; for an alarm that has fired, the role is empty."""


@click.command("alarms", epilog="Example: intake alarms --ticket R3-2026-000123")
@click.option("--fired", is_flag=True, help="What rang already, the last one first.")
@click.option("--ticket", "number", default="", help="Only those of this ticket.")
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most."
)
@click.option("--json", "as_json", is_flag=True, help="One list of objects.")
@click.pass_obj
def alarms(context: CommandContext, fired: bool, number: str, limit: int, as_json: bool) -> None:
    """What will ring when, and for whom as things stand now."""
    settings = context.settings()
    found = look(_rows(settings, fired, number.strip(), limit))
    if as_json:
        print_json([_as_json(row) for row in found])
    elif not found:
        click.echo("Nothing has rung yet." if fired else "Nothing is going to ring.")
    else:
        _print(found, settings.calendar.build().zone, fired=fired)


async def _rows(settings: Settings, fired: bool, number: str, limit: int) -> list[ClockRow]:
    roster, calendar = settings.roster.build(), settings.calendar.build()
    async with (
        Database.open(settings.database) as database,
        database.transaction() as connection,
    ):
        kept = await store.listed(connection, fired=fired, most=limit, number=number)
        states = await store.load_states(connection, {each.alarm.ticket_id for each in kept})
    return [
        ClockRow(
            kept=each,
            state=states[each.alarm.ticket_id],
            people=_people(each, states[each.alarm.ticket_id], roster, calendar),
        )
        for each in kept
    ]


def _people(
    kept: store.StoredAlarm, state: TicketState, roster: Roster, calendar: BusinessCalendar
) -> list[tuple[str, str]]:
    if kept.fired_at is not None:
        return [(login, "") for login in kept.told]
    alarm = kept.alarm
    found = audience(alarm.kind, state, roster=roster, calendar=calendar, at=alarm.due_at)
    return [(told.person.login, told.role.value) for told in found]


def _as_json(row: ClockRow) -> dict[str, Any]:
    alarm, fired_at = row.kept.alarm, row.kept.fired_at
    return {
        "number": row.state.number,
        "kind": alarm.kind.value,
        "about": alarm.about.isoformat(),
        "due_at": alarm.due_at.isoformat(),
        "fired_at": fired_at.isoformat() if fired_at else None,
        "owner": row.state.owner,
        "for": [{"login": login, "role": role or None} for login, role in row.people],
    }


def _print(found: Sequence[ClockRow], zone: ZoneInfo, *, fired: bool) -> None:
    headings = ("Tocou" if fired else "Toca", "Chamado", "Título", "Aviso", "Sobre", "Para")
    table = titled("O que tocou" if fired else "O que vai tocar", *headings)
    for row in found:
        alarm = row.kept.alarm
        cells = (
            _instant(row.kept.fired_at or alarm.due_at, zone),
            row.state.number,
            row.state.title,
            LABELS[alarm.kind],
            _instant(alarm.about, zone),
            ", ".join(_person(login, role) for login, role in row.people) or "—",
        )
        # Clients wrote some of the text: remove control characters.
        table.add_row(*(Text(one_line(cell, 80)) for cell in cells))
    console().print(table)


def _person(login: str, role: str) -> str:
    return f"{login} ({ROLE_LABELS[Role(role)]})" if role else login


def _instant(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%d/%m %H:%M")
