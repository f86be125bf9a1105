"""Tickets that the desk refused, for `intake failed`, with the desk's own message."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.table import Table

from intake.cli.context import look
from intake.cli.table import titled
from intake.replies.presentable import one_line
from intake.settings.model import Settings
from intake.store.database import Database
from intake.store.desk_refusals import Refusal, discard_refused, load_refusal

LONGEST_WORDS = 1000


def table_of_refusals(refusals: Sequence[Refusal], zone: ZoneInfo) -> Table:
    """The table for `intake failed list`."""
    table = titled("Chamados recusados pelo Odoo", "Chamado", "Título", "Desde", "O que disse")
    for each in refusals:
        table.add_row(
            each.number,
            one_line(each.title, 80),
            _at(each.at, zone),
            one_line(each.words or "", LONGEST_WORDS),
        )
    return table


def show_refusal(settings: Settings, number: str) -> bool:
    """Print one ticket for `intake failed show`. Returns False if there is no ticket of that
    number."""
    refusal = look(_get(settings, number))
    if refusal is None:
        return False
    zone = settings.calendar.build().zone
    state = "not refused" if refusal.words is None else "refused"
    for name, value in (
        ("ticket", refusal.number),
        ("title", refusal.title),
        ("from", refusal.sender),
        ("received", _at(refusal.received_at, zone)),
        ("state", "discarded" if refusal.discarded is not None else state),
        ("since", _at(refusal.at, zone) or "—"),
        ("desk says", refusal.words or "—"),
        ("discarded", refusal.discarded or "—"),
        ("desk url", refusal.desk_url or "—"),
    ):
        click.echo(f"{name:<10}{one_line(value, LONGEST_WORDS)}")
    return True


async def give_up(database: Database, numbers: Sequence[str], reason: str) -> int:
    """Discard tickets for `intake failed discard`. Returns how many."""
    async with database.transaction() as connection:
        return await discard_refused(connection, numbers, reason)


async def _get(settings: Settings, number: str) -> Refusal | None:
    async with (
        Database.open(settings.database) as database,
        database.transaction() as connection,
    ):
        return await load_refusal(connection, number)


def _at(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%d/%m/%Y %H:%M") if at else ""
