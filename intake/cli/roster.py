"""`intake roster`: who is on which level, who is at work, and who would own a ticket."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from intake.cli.context import CommandContext
from intake.cli.instant import Instant, WrongInput, located
from intake.settings.model import Settings
from routing.calendar import BusinessCalendar
from routing.calendar.wording import moment
from routing.roster import Assignment, Load, Person, Roster, UnknownLevel
from routing.sla import UnknownRequestType


@click.command(
    epilog="Example: intake roster --at 2026-11-27T12:30 --request-type bug --client maria@x.com.br"
)
@click.option("--at", type=Instant(), help="2026-11-27T17:30; now where it is not said.")
@click.option("--request-type", help="Who would own a ticket of this request type.")
@click.option("--level", help="Who would own a ticket on this level.")
@click.option("--client", help="Whose ticket: an e-mail address, a telephone number or a name.")
@click.option("--owner", help="The login that the request asks for.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_obj
def roster(
    context: CommandContext,
    at: datetime | None,
    request_type: str | None,
    level: str | None,
    client: str | None,
    owner: str | None,
    as_json: bool,
) -> None:
    """Who is on which level and at work, and who would own a ticket.

    Nobody's open tickets are counted here: who has had none yet comes first.
    """
    settings = context.settings_or_shipped()
    calendar = settings.calendar.build()
    team = settings.roster.build()
    question = _Question(
        at=located(at, calendar.zone),
        request_type=request_type,
        level=level,
        client=client,
        owner=owner,
    )
    assignment = _answer(question, settings, team, calendar)
    if as_json:
        found = _as_json(team, question.at, calendar, assignment)
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    Console(markup=False, emoji=False, highlight=False).print(_table(team, question.at, calendar))
    if assignment is not None:
        click.echo(f"\n{assignment.level}: {assignment.owner or '—'}. {assignment.reason}")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    """The ticket whose owner is asked for."""

    at: datetime
    request_type: str | None
    level: str | None
    client: str | None
    owner: str | None


def _answer(
    question: _Question, settings: Settings, team: Roster, calendar: BusinessCalendar
) -> Assignment | None:
    try:
        level = question.level
        if question.request_type is not None:
            own = settings.sla.build().level(question.request_type)
            level = level or own
        if level is None:
            if question.client or question.owner:
                raise WrongInput("say of which --request-type or on which --level the ticket is")
            return None
        return team.choose(
            level,
            at=question.at,
            calendar=calendar,
            request_type=question.request_type,
            client=question.client,
            asked=question.owner,
            load=Load(),
        )
    except (UnknownLevel, UnknownRequestType) as error:
        raise WrongInput(str(error)) from error


def _table(team: Roster, at: datetime, calendar: BusinessCalendar) -> Table:
    table = Table(
        title=f"Quadro de suporte em {moment(at.astimezone(calendar.zone))}",
        title_justify="left",
        header_style="bold",
        pad_edge=False,
    )
    for heading in ("Nível", "Nome", "Login", "Presente", "Observação"):
        table.add_column(heading, no_wrap=heading == "Nível", overflow="fold")
    for level in team.levels:
        people = team.on(level)
        for number, person in enumerate(people):
            present, remark = _presence(person, at, calendar)
            name = level if number == 0 else ""
            table.add_row(name, person.name, person.login, "sim" if present else "não", remark)
        if not people:
            table.add_row(level, "(ninguém)", "", "", "")
    return table


def _presence(person: Person, at: datetime, calendar: BusinessCalendar) -> tuple[bool, str]:
    """Whether somebody is at work, and a remark in the desk's words."""
    starts_at = person.starts_at(at, calendar)
    if starts_at is not None and starts_at <= at:
        return True, ""
    absence = person.away(at, calendar)
    parts = [absence.reason or "ausente"] if absence else []
    parts.append(f"a partir de {starts_at:%d/%m/%Y %H:%M}" if starts_at else "sem data de volta")
    return False, "; ".join(parts)


def _as_json(
    team: Roster, at: datetime, calendar: BusinessCalendar, assignment: Assignment | None
) -> dict[str, object]:
    people = []
    for person in team.people:
        starts_at = person.starts_at(at, calendar)
        people.append(
            {
                "login": person.login,
                "name": person.name,
                "levels": list(person.levels),
                "at_work": starts_at is not None and starts_at <= at,
                "starts_at": starts_at.isoformat() if starts_at else None,
            }
        )
    found: dict[str, object] = {
        "at": at.isoformat(),
        "levels": list(team.levels),
        "people": people,
    }
    if assignment is not None:
        starts_at = assignment.starts_at
        found["assignment"] = asdict(assignment) | {
            "starts_at": starts_at.isoformat() if starts_at else None
        }
    return found
