"""`intake open`: opens a ticket by hand, for example for a call on somebody's own telephone."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click

from intake.actions.open_ticket import NotOpened, Opened, open_by_hand
from intake.app.opening import opened
from intake.cli.as_json import print_json
from intake.cli.context import CommandContext, look
from intake.cli.instant import WrongInput
from intake.cli.open_asking import ask
from intake.cli.rules_chosen import readable
from intake.content.requester import RequesterUnreadable
from intake.content.requester import requester as requester_parts
from intake.jobs.triage import triage_messages
from intake.ports.manual_request import CAME_BY, LONGEST_TEXT, ManualRequest
from intake.settings.model import Settings
from routing.calendar.wording import moment
from routing.message import Address
from routing.stated import KINDS, PRIORITIES, stated
from routing.suggestion import suggestion


class NotDone(click.ClickException):
    """The answer is no: one line, exit code 1."""

    exit_code = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What was given on the command line or typed; empty if neither."""

    text: str
    title: str
    requester: str
    came_by: str
    by: str
    fields: Mapping[str, str]


@click.command(
    name="open",
    epilog="Example: intake open --requester 'Bia / (11) 98765-4321' --text 'A nota não sai.'",
)
@click.option("--text", default="", help="What is asked; - reads it from standard input.")
@click.option("--title", default="", help="Else the first line of the text.")
@click.option(
    "--requester", default="",
    help="'Bia <bia@x.com.br>', 'Bia / (11) 98765-4321', or only one of the two.",
)  # fmt: skip
@click.option(
    "--channel", "came_by", type=click.Choice(list(CAME_BY)), default="phone", show_default=True,
    help="How it reached you.",
)  # fmt: skip
@click.option("--client", default="", help="Whose matter it is, where that is another.")
@click.option("--request-type", default="", help="As in `intake sla`; else as the rules decide.")
@click.option("--service", default="", help="As in `intake sla`; else as the rules decide.")
@click.option("--priority", default="", help="high, medium or low; else as the rules decide.")
@click.option("--kind", default="", help="client or internal; else as the rules decide.")
@click.option("--level", default="", help="Else the request type's.")
@click.option("--owner", default="", help="A login; else whose turn it is on the level.")
@click.option("--deadline", default="", help="What was agreed: 2026-12-31, or with a time.")
@click.option("--by", default="", metavar="LOGIN", help="Who writes it down.")
@click.option("--no-acknowledgement", is_flag=True, help="Send nothing to the requester.")
@click.option("--yes", is_flag=True, help="Ask nothing: what is not given is derived.")
@click.option("--json", "as_json", is_flag=True, help="One object. Asks nothing.")
@click.pass_obj
def open_ticket(
    context: CommandContext, /, text: str, title: str, requester: str, came_by: str, by: str,
    no_acknowledgement: bool, yes: bool, as_json: bool, **said: str,
) -> None:  # fmt: skip
    """Open a ticket by hand. At a terminal, asks for what is not given."""
    settings = context.settings()
    written = Written(
        text=sys.stdin.read(LONGEST_TEXT) if text == "-" else text,
        title=title,
        requester=requester,
        came_by=came_by,
        by=by,
        fields={key: value for key, value in said.items() if value.strip()}
        | ({"acknowledge": "no"} if no_acknowledgement else {}),
    )
    _check_fields(written.fields, settings)
    if not (yes or as_json or text == "-") and sys.stdin.isatty():
        answers = ask(settings, written.text, written.title, written.requester, written.fields)
        written = Written(
            text=answers.text, title=answers.title, requester=answers.requester,
            came_by=came_by, by=by, fields=answers.fields,
        )  # fmt: skip
    request = _request(written, settings)
    try:
        ticket = look(_opened(settings, request))
    except NotOpened as error:
        raise NotDone(str(error)) from error
    if as_json:
        print_json(_as_json(ticket))
    else:
        click.echo(_sentence(ticket, settings))


async def _opened(settings: Settings, request: ManualRequest) -> Opened:
    async with opened(settings) as application:
        triage = partial(triage_messages, application.context)
        return await open_by_hand(application.context, application.inbox, triage, request)


def _check_fields(fields: Mapping[str, str], settings: Settings) -> None:
    """Refuse every unknown value: the person at the keyboard can correct it."""
    sla, roster, calendar = settings.sla.build(), settings.roster.build(), settings.calendar.build()
    read = stated(fields, sla=sla, roster=roster, calendar=calendar)
    choices = {
        "kind": KINDS,
        "request_type": sla.types,
        "service": sla.services,
        "priority": PRIORITIES,
        "level": roster.levels,
        "owner": [person.login for person in roster.people],
    }
    for key, value in fields.items():
        option = f"--{key.replace('_', '-')}"
        if key == "deadline":
            if read.deadline is None:
                raise WrongInput(f"{option}: {value!r} is no date; write for instance 2026-12-31")
            if read.deadline <= datetime.now(UTC):
                raise WrongInput(f"{option}: {moment(read.deadline)} has passed")
        elif key in choices and getattr(read, key) is None:
            hint = suggestion(value, choices[key])
            raise WrongInput(f"{option}: {value!r} is not known here; {hint}")


def _request(written: Written, settings: Settings) -> ManualRequest:
    if not written.text.strip():
        raise WrongInput("what is asked? write --text '…', or --text - to read standard input")
    try:
        name, address = requester_parts(written.requester) if written.requester else ("", "")
    except RequesterUnreadable as error:
        raise WrongInput(f"--requester: {error}") from error
    if written.by and settings.roster.build().person(written.by) is None:
        logins = [person.login for person in settings.roster.person]
        raise WrongInput(f"--by: nobody is called {written.by!r}; {suggestion(written.by, logins)}")
    fields = dict(written.fields)
    if name and not address:
        # Without an address, the name is all that the first level has to find the client.
        fields.setdefault("client", name)
    return ManualRequest(
        text=readable(written.text)[:LONGEST_TEXT].strip(),
        title=" ".join(readable(written.title).split()),
        requester=Address(address=address, name=name) if address else None,
        came_by=written.came_by,
        by=written.by,
        fields=fields,
    )


def _sentence(ticket: Opened, settings: Settings) -> str:
    values = ticket.values
    due = values["resolution_due"]
    zone = settings.calendar.build().zone
    label = settings.sla.build().label(str(values["request_type"]))
    until = f", resolution due {moment(due.astimezone(zone))}" if isinstance(due, datetime) else ""
    owner = values["owner"] or "nobody"
    return f"{ticket.number}: {label}, {values['level']}, {owner}{until}"


def _as_json(ticket: Opened) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in ticket.values.items()
    }
