"""`intake tickets escalate`: the next level takes a ticket over; its clock goes on."""

import click

from intake.actions.escalate import NoSuchTicket, TicketClosed, escalate_ticket
from intake.app.opening import opened
from intake.cli.as_json import print_json
from intake.cli.context import CommandContext, look
from intake.settings.model import Settings
from routing.roster import Escalation, NoHigherLevel, UnknownLevel


class NotEscalated(click.ClickException):
    """The answer is no: one line, exit code 1."""

    exit_code = 1


@click.command(epilog='Example: intake tickets escalate R3-2026-000123 --why "precisa do banco"')
@click.argument("number")
@click.option("--why", default="", help="Stands on the ticket, and in the new owner's notice.")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@click.pass_obj
def escalate(context: CommandContext, number: str, why: str, as_json: bool) -> None:
    """Hand a ticket to the next level. Its due times stay, and it keeps a trace."""
    number = number.strip()
    try:
        done = look(escalated(context.settings(), number, why))
    except (NoSuchTicket, TicketClosed, NoHigherLevel, UnknownLevel) as error:
        raise NotEscalated(str(error)) from error
    if as_json:
        print_json(escalation_as_json(number, done))
    else:
        click.echo(f"{number}: {done.trace}")


async def escalated(
    settings: Settings, number: str, why: str, *, to: str | None = None
) -> Escalation:
    """See `escalate_ticket`."""
    async with opened(settings) as application:
        return await escalate_ticket(application.context, number, why, to=to)


def escalation_as_json(number: str, done: Escalation) -> dict[str, object]:
    """For `--json`."""
    due = done.resolution_due
    return {
        "number": number,
        "from": {"level": done.level_before, "owner": done.owner_before},
        "to": {"level": done.assignment.level, "owner": done.assignment.owner},
        "reason": done.assignment.reason,
        "why": done.why,
        "first_response_due": done.first_response_due.isoformat(),
        "resolution_due": due.isoformat() if due else None,
    }
