"""`intake tickets show` and related commands: show one ticket, and work on it at the embedded
desk."""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from intake.actions.escalate import NoSuchTicket, TicketClosed
from intake.actions.ticket_work import Acted, NothingToDo, act
from intake.app.mail_paths import MailPaths
from intake.app.opening import opened
from intake.cli.as_json import print_json
from intake.cli.context import CommandContext, look
from intake.cli.escalate import NotEscalated, escalated, escalation_as_json
from intake.cli.instant import Instant, WrongInput, located
from intake.cli.ticket_page import change_in_words, page
from intake.ports.desk_snapshots import Value
from intake.ports.mail_path import MailPath
from intake.settings.model import Settings
from intake.store.database import Database
from intake.store.history import History, load_history
from routing.calendar.wording import moment
from routing.roster import NoHigherLevel, SameLevel, UnknownLevel
from routing.suggestion import suggestion

Command = Callable[..., None]


class NotDone(click.ClickException):
    """The answer is no: one line, exit code 1."""

    exit_code = 1


def _on_a_ticket(command: Command) -> Command:
    """The argument and option that all commands on a ticket have."""
    as_json = click.option("--json", "as_json", is_flag=True, help="One object.")
    decorated: Command = click.argument("number")(as_json(click.pass_obj(command)))
    return decorated


def _by(command: Command) -> Command:
    by = click.option(
        "--by",
        metavar="LOGIN",
        help="Who does it, as on the roster; you, where your login here is on it.",
    )
    decorated: Command = by(command)
    return decorated


@click.group()
def ticket() -> None:
    """What one does with one ticket: `intake tickets` takes these commands over."""


@ticket.command(epilog="Example: intake tickets show R3-2026-000123 --json | jq .events")
@_on_a_ticket
def show(context: CommandContext, number: str, as_json: bool) -> None:
    """How a ticket stands, all that happened on it, and the path of the mail that opened it."""
    settings = context.settings()
    found, path = look(_history(settings, number.strip()))
    if found is None:
        raise NotDone(f"there is no ticket {number.strip()}; see `intake tickets`")
    if as_json:
        print_json({**_history_as_json(found), "path": path.as_json() if path else None})
    else:
        page(found, path, settings.calendar.build().zone)


@ticket.command(
    epilog="Example: intake tickets schedule R3-2026-000123 --deadline 2026-12-01T18:00 --by ana.n0"
)
@click.option("--deadline", type=Instant(), required=True, help="Data final: date and time.")
@_by
@_on_a_ticket
def schedule(
    context: CommandContext, number: str, deadline: datetime, by: str | None, as_json: bool
) -> None:
    """Set the deadline (data final). A new ticket becomes scheduled; the client hears the date."""
    settings = context.settings()
    zone = settings.calendar.build().zone
    at = located(deadline, zone).replace(microsecond=0)
    if at <= datetime.now(UTC):
        raise WrongInput(f"--deadline: {moment(at)} has passed; give a date to come")
    _do(settings, number, by, as_json, {"deadline": at}, forward="scheduled")


@ticket.command(epilog="Example: intake tickets start R3-2026-000123")
@_by
@_on_a_ticket
def start(context: CommandContext, number: str, by: str | None, as_json: bool) -> None:
    """Work begins (Em andamento). A ticket that was ended is opened again."""
    fields: dict[str, Value] = {"stage": "in_progress", "closed": False}
    _do(context.settings(), number, by, as_json, fields)


@ticket.command(epilog='Example: intake tickets note R3-2026-000123 "@N1 o banco recusou a guia"')
@_on_a_ticket
@click.argument("text")
@_by
def note(context: CommandContext, number: str, text: str, by: str | None, as_json: bool) -> None:
    """Write an internal note, or `-` to read it from standard input.

    `@N1` moves the ticket, `@Trello Fiscal` makes a card on that board.
    """
    words = sys.stdin.read() if text == "-" else text
    if not words.strip():
        raise WrongInput("the note is empty: write something")
    _do(context.settings(), number, by, as_json, {}, words=words.strip())


@ticket.command(
    epilog='Example: intake tickets done R3-2026-000123 --solution "A nota foi emitida."'
)
@click.option("--solution", default="", help="What the client is told, in plain words.")
@_by
@_on_a_ticket
def done(
    context: CommandContext, number: str, solution: str, by: str | None, as_json: bool
) -> None:
    """Done (Concluído). The client is told the solution; without one the owner is asked for it."""
    settings = context.settings()
    words = f"{settings.watch.solution_mark} {solution.strip()}" if solution.strip() else ""
    _do(settings, number, by, as_json, {"stage": "done"}, words=words)


@ticket.command(epilog='Example: intake tickets cancel R3-2026-000123 --reason "Pedido repetido."')
@click.option("--reason", default="", help="What the client is told, in plain words.")
@_by
@_on_a_ticket
def cancel(
    context: CommandContext, number: str, reason: str, by: str | None, as_json: bool
) -> None:
    """Cancelled (Cancelado). The client is told the reason; without one the owner is asked."""
    settings = context.settings()
    words = f"{settings.watch.reason_mark} {reason.strip()}" if reason.strip() else ""
    _do(settings, number, by, as_json, {"stage": "cancelled"}, words=words)


@ticket.command(epilog="Example: intake tickets assign R3-2026-000123 edu.n1")
@_on_a_ticket
@click.argument("login")
@_by
def assign(context: CommandContext, number: str, login: str, by: str | None, as_json: bool) -> None:
    """Give a ticket to somebody on the roster."""
    settings = context.settings()
    _do(settings, number, by, as_json, {"owner": _login(settings, login)})


@ticket.command(
    epilog='Example: intake tickets escalate R3-2026-000123 --to N2 --why "precisa do banco"'
)
@click.option("--to", metavar="LEVEL", help="The level; the next one up where none is named.")
@click.option("--why", default="", help="Stands on the ticket, and in the new owner's notice.")
@_on_a_ticket
def escalate(context: CommandContext, number: str, to: str | None, why: str, as_json: bool) -> None:
    """Hand a ticket to another level. Its due times stay, and it keeps a trace."""
    number, settings = number.strip(), context.settings()
    if to is not None and to not in settings.roster.levels:
        raise WrongInput(f"--to: unknown level {to!r}; {suggestion(to, settings.roster.levels)}")
    try:
        made = look(escalated(settings, number, why, to=to))
    except (NoSuchTicket, TicketClosed, NoHigherLevel, SameLevel, UnknownLevel) as error:
        raise NotEscalated(str(error)) from error
    if as_json:
        print_json(escalation_as_json(number, made))
    else:
        click.echo(f"{number}: {made.trace}")


def _do(
    settings: Settings,
    number: str,
    by: str | None,
    as_json: bool,
    fields: Mapping[str, Value],
    *,
    words: str = "",
    forward: str | None = None,
) -> None:
    """Change the ticket and print the result. `forward` is the stage to which a new ticket
    moves."""
    number = number.strip()
    if settings.desk.backend != "embedded":
        raise NotDone("the desk is Odoo: change it there, and what follows is done from there")
    who = _login(settings, by) if by else _ourselves(settings)
    try:
        made, found = look(_acted(settings, number, who, fields, words, forward))
    except (NoSuchTicket, NothingToDo) as error:
        raise NotDone(str(error)) from error
    if as_json:
        print_json(_history_as_json(found))
        return
    zone = settings.calendar.build().zone
    for line in _said(made, words, zone):
        click.echo(f"{number}: {line}")


def _said(made: Acted, words: str, zone: ZoneInfo) -> list[str]:
    lines = [change_in_words(each.field, each.after, zone) for each in made.changes]
    return [*lines, *(["nota interna escrita"] if words else [])]


async def _acted(
    settings: Settings,
    number: str,
    who: str | None,
    fields: Mapping[str, Value],
    words: str,
    forward: str | None,
) -> tuple[Acted, History]:
    async with opened(settings) as application:
        if forward is not None:
            found = await load_history(application.database, number)
            if found is not None and found.ticket.stage == "new":
                fields = {"stage": forward, **fields}
        made = await act(application.context, number, who, fields=fields, note=words)
        after = await load_history(application.database, number)
        assert after is not None, "it was there a moment ago, and tickets stay"
        return made, after


async def _history(settings: Settings, number: str) -> tuple[History | None, MailPath | None]:
    async with Database.open(settings.database) as database:
        found = await load_history(database, number)
        if found is None or found.mail is None:
            return found, None
        return found, await MailPaths(database).of(found.mail)


def _history_as_json(found: History) -> dict[str, Any]:
    events = [
        {"at": each.at.isoformat(), "kind": each.kind, "who": each.who, "what": each.what}
        for each in found.events
    ]
    cards = [card.as_json() for card in found.cards]
    return {**found.ticket.as_json(), "cards": cards, "events": events}


def _login(settings: Settings, login: str) -> str:
    """The login as the roster spells it. Raises WrongInput."""
    person = settings.roster.build().person(login)
    if person is None:
        known = [each.login for each in settings.roster.person]
        raise WrongInput(f"{login!r} is not on the roster; {suggestion(login, known)}")
    return person.login


def _ourselves(settings: Settings) -> str | None:
    person = settings.roster.build().person(os.environ.get("USER", ""))
    return person.login if person else None
