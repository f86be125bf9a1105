"""`intake tickets`: lists the tickets in the store."""

import click

from intake.cli.as_json import print_json
from intake.cli.context import CommandContext, look
from intake.cli.table import console
from intake.cli.ticket import ticket
from intake.cli.ticket_table import PIPED_WIDTH, ticket_table
from intake.settings.model import Settings
from intake.store.database import Database
from intake.store.tickets import TicketStore, TicketView


@click.group(
    invoke_without_command=True,
    epilog="Example: intake tickets --json | jq '.[] | select(.owner == null)'",
)
@click.option("--json", "as_json", is_flag=True, help="One list of objects.")
@click.pass_context
def tickets(click_context: click.Context, as_json: bool) -> None:
    """Every ticket the journal knows, oldest first."""
    if click_context.invoked_subcommand is not None:
        return
    context = click_context.find_object(CommandContext)
    assert context is not None
    _list(context, as_json=as_json)


@tickets.command("list", epilog="Example: intake tickets list --json")
@click.option("--json", "as_json", is_flag=True, help="One list of objects.")
@click.pass_obj
def list_tickets(context: CommandContext, as_json: bool) -> None:
    """Every ticket, oldest first: the same as `intake tickets` alone."""
    _list(context, as_json=as_json)


def _list(context: CommandContext, *, as_json: bool) -> None:
    settings = context.settings()
    found = look(_all(settings))
    if as_json:
        print_json([ticket.as_json() for ticket in found])
    elif not found:
        click.echo("No ticket yet. `intake run` takes messages in; `make demo` shows how it looks.")
    else:
        screen = console(PIPED_WIDTH)
        screen.print(ticket_table(found, settings.calendar.build().zone, screen.width))


for command in ticket.commands.values():
    tickets.add_command(command)


async def _all(settings: Settings) -> list[TicketView]:
    async with Database.open(settings.database) as database:
        return await TicketStore(database).all()
