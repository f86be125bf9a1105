"""`intake roster`: who is on which level, who is at work, and who would own a ticket."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import click

from intake.cli.as_json import print_json
from intake.cli.context import CommandContext, look
from intake.cli.instant import Instant, WrongInput, located
from intake.cli.roster_table import roster_table
from intake.cli.table import console
from intake.settings.hours import WEEKDAYS
from intake.settings.model import Settings
from intake.store.current_load import current_load
from intake.store.database import Database
from routing.calendar import BusinessCalendar
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
@click.option("--journal", is_flag=True, help="Count the open tickets that everybody has now.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_obj
def roster(
    context: CommandContext,
    at: datetime | None,
    request_type: str | None,
    level: str | None,
    client: str | None,
    owner: str | None,
    journal: bool,
    as_json: bool,
) -> None:
    """Who is on which level and at work, and who would own a ticket.

    Without --journal nobody's open tickets are counted: who has had none yet comes first.
    """
    settings = context.settings() if journal else context.settings_or_shipped()
    calendar = settings.calendar.build()
    team = settings.roster.build()
    question = _Question(
        at=located(at, calendar.zone),
        request_type=request_type,
        level=level,
        client=client,
        owner=owner,
        load=look(_load(settings, team)) if journal else None,
    )
    assignment = _answer(question, settings, team, calendar)
    if as_json:
        found = _as_json(team, question, calendar, assignment)
        print_json(found)
        return
    console().print(roster_table(team, question.at, calendar, question.load))
    if assignment is not None:
        click.echo(f"\n{assignment.level}: {assignment.owner or '—'}. {assignment.reason}")


async def _load(settings: Settings, team: Roster) -> Load:
    async with (
        Database.open(settings.database) as database,
        database.transaction() as connection,
    ):
        return await current_load(connection, team, now=datetime.now(UTC))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    """The ticket for which an owner is chosen."""

    at: datetime
    request_type: str | None
    level: str | None
    client: str | None
    owner: str | None
    load: Load | None


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
            load=question.load or Load(),
        )
    except (UnknownLevel, UnknownRequestType) as error:
        raise WrongInput(str(error)) from error


def _as_json(
    team: Roster, question: _Question, calendar: BusinessCalendar, assignment: Assignment | None
) -> dict[str, object]:
    found: dict[str, object] = {
        "at": question.at.isoformat(),
        "levels": list(team.levels),
        "strategy": team.strategy.value,
        "people": [_person(each, question, calendar) for each in team.people],
    }
    if assignment is not None:
        starts_at = assignment.starts_at
        found["assignment"] = asdict(assignment) | {
            "starts_at": starts_at.isoformat() if starts_at else None
        }
    return found


def _person(person: Person, question: _Question, calendar: BusinessCalendar) -> dict[str, object]:
    starts_at = person.starts_at(question.at, calendar)
    load = question.load
    counted = {} if load is None else {"open_tickets": load.open_tickets.get(person.login, 0)}
    return {
        **counted,
        "login": person.login,
        "name": person.name,
        "email": person.email,
        "phone": person.phone,
        "levels": list(person.levels),
        "at_work": person.at_work(question.at, calendar),
        "starts_at": starts_at.isoformat() if starts_at else None,
        "hours": {
            weekday: [str(interval) for interval in intervals]
            for weekday, intervals in zip(WEEKDAYS, person.hours or (), strict=False)
            if intervals is not None
        },
        "absences": [
            {
                "first": absence.first.isoformat(),
                "last": absence.last.isoformat() if absence.last else None,
                "reason": absence.reason,
            }
            for absence in person.absences
        ],
        "skills": sorted(person.skills),
        "clients": list(person.clients),
    }
