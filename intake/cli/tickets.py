"""`intake tickets`: what the journal knows."""

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from intake.cli.context import CommandContext, look
from intake.journal.database import Database
from intake.journal.tickets import TicketStore, TicketView
from intake.settings.model import Settings

STARS = {"high": "⭐⭐⭐", "medium": "⭐⭐", "low": "⭐"}


@click.command(epilog="Example: intake tickets --json | jq '.[] | select(.owner == null)'")
@click.option("--json", "as_json", is_flag=True, help="One list of objects.")
@click.pass_obj
def tickets(context: CommandContext, as_json: bool) -> None:
    """Every ticket the journal knows, oldest first."""
    settings = context.settings()
    found = look(_all(settings))
    if as_json:
        click.echo(json.dumps([ticket.as_json() for ticket in found], ensure_ascii=False, indent=1))
    elif not found:
        click.echo("No ticket yet. `intake run` takes messages in; `make demo` shows how it looks.")
    else:
        Console().print(ticket_table(found, settings.calendar.build().zone))


async def _all(settings: Settings) -> list[TicketView]:
    async with Database.open(settings.database) as database:
        return await TicketStore(database).all()


def ticket_table(found: Sequence[TicketView], zone: ZoneInfo) -> Table:
    """For a terminal, in the desk's words."""
    table = Table(title="Chamados", title_justify="left", header_style="bold", pad_edge=False)
    table.add_column("Número", no_wrap=True)
    table.add_column("Canal")
    table.add_column("De", overflow="ellipsis", max_width=24, no_wrap=True)
    table.add_column("Título", overflow="ellipsis", max_width=38, no_wrap=True)
    table.add_column("Tipo")
    table.add_column("", no_wrap=True)
    table.add_column("Nível", no_wrap=True)
    table.add_column("Responsável", no_wrap=True)
    table.add_column("Estágio")
    table.add_column("1ª resposta", no_wrap=True)
    table.add_column("Solução", no_wrap=True)
    table.add_column("Confirmado", no_wrap=True)
    for t in found:
        table.add_row(
            t.number,
            t.channel,
            t.sender or "—",
            t.title,
            t.request_type,
            STARS.get(t.priority, t.priority),
            t.level,
            t.owner or "—",
            t.stage,
            _instant(t.first_response_due, zone),
            _instant(t.resolution_due, zone),
            "✓" if t.acknowledged_at else "…",
        )
    return table


def _instant(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%d/%m %H:%M") if at else "—"
