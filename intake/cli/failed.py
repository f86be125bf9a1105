"""`intake failed`: messages that could not be processed, and tickets that the desk refused.

Nothing is ever dropped silently. Messages are named by their numbers in the store, tickets by their
ticket numbers.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import click
from psycopg.rows import DictRow
from rich.table import Table

from intake.actions.retry import retry_failed, retry_jobs, retry_refused
from intake.app.opening import opened
from intake.cli.context import CommandContext, look
from intake.cli.failed_jobs import job_numbers, table_of_jobs
from intake.cli.refused import give_up, show_refusal, table_of_refusals
from intake.cli.table import console, titled
from intake.ports.messages import StoredMessage
from intake.replies.presentable import one_line
from intake.settings.model import Settings
from intake.store.database import Database
from intake.store.desk_refusals import Refusal, load_refusals
from intake.store.job_failures import JobFailure, load_failures, take_failures
from intake.store.messages import MessageStore

LONGEST_REASON = 500
SHOWN = 2000
"""Bytes of a message that `show` prints; `--raw` prints all of them."""


class NoSuchMessage(click.ClickException):
    """there is no failed message or refused ticket of that number"""

    exit_code = 1


@click.group(epilog="Example: intake failed list")
def failed() -> None:
    """Messages that a person must look at."""


@failed.command("list", epilog="Example: intake failed list")
@click.pass_obj
def list_failed(context: CommandContext) -> None:
    """All of them, oldest first, and why each failed.

    Messages under attempt are listed too: a process has them in hand, or had them when it died.
    """
    settings = context.settings()
    rows, refusals, jobs = look(_failed(settings))
    if not rows and not refusals and not jobs:
        click.echo("Nothing has failed.")
        return
    zone = settings.calendar.build().zone
    if rows:
        console().print(_table(rows, zone))
    if refusals:
        console().print(table_of_refusals(refusals, zone))
    if jobs:
        console().print(table_of_jobs(jobs, zone))


def _table(rows: Sequence[DictRow], zone: ZoneInfo) -> Table:
    table = titled(
        "Mensagens não processadas", "Nº", "Caixa", "Recebida", "Situação", "Tentativas", "Motivo"
    )
    for row in rows:
        received = row["received_at"].astimezone(zone).strftime("%d/%m/%Y %H:%M")
        failed = "deaths" not in row
        table.add_row(
            str(row["id"]),
            one_line(row["source"], 80),
            received,
            "falhou" if failed else "em tentativa",
            str(row["attempts"]),
            one_line(row["error"] or "", LONGEST_REASON) if failed else _why_tried(row["deaths"]),
        )
    return table


def _why_tried(deaths: int) -> str:
    if not deaths:
        return "sendo processada agora"
    times = "1 vez" if deaths == 1 else f"{deaths} vezes"
    return f"o processo terminou {times} com esta mensagem em mãos; ela é tentada sozinha"


async def _failed(
    settings: Settings,
) -> tuple[list[DictRow], list[Refusal], list[JobFailure]]:
    async with Database.open(settings.database) as database:
        store = MessageStore(database)
        messages = [*await store.failed(), *await store.under_attempt()]
        messages.sort(key=lambda row: int(row["id"]))
        async with database.transaction() as connection:
            return (
                messages,
                await load_refusals(connection),
                await load_failures(connection),
            )


@failed.command(epilog="Example: intake failed show 17 --raw > message.eml")
@click.argument("number")
@click.option("--raw", is_flag=True, help="The bytes as they came, for a mail program.")
@click.pass_obj
def show(context: CommandContext, number: str, raw: bool) -> None:
    """One message: where it came from, why it failed, and its beginning.

    Or, by its number, a ticket that the desk refused, with the desk's own words.
    """
    settings = context.settings()
    stored = look(_get(settings, int(number))) if number.isdecimal() else None
    if stored is None:
        if not show_refusal(settings, number):
            kind = "message" if number.isdecimal() else "ticket"
            raise NoSuchMessage(f"there is no {kind} {number}; see `intake failed list`")
        return
    if raw:
        click.echo(stored.raw, nl=False)
        return
    for name, value in (
        ("number", str(stored.id)),
        ("source", stored.source),
        ("key", stored.key),
        ("received", stored.received_at.isoformat()),
        ("state", stored.state),
        ("why", stored.error or "—"),
        ("bytes", str(len(stored.raw))),
    ):
        click.echo(f"{name:<10}{one_line(value, LONGEST_REASON)}")
    click.echo(f"\n{_beginning(stored.raw)}")


def _beginning(raw: bytes) -> str:
    """The first bytes as text that any terminal can show; a replacement character for what is not
    text."""
    text = raw[:SHOWN].decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)


async def _get(settings: Settings, number: int) -> StoredMessage | None:
    async with Database.open(settings.database) as database:
        return await MessageStore(database).get(number)


@failed.command(epilog="Example: intake failed retry 17   (or: intake failed retry --all)")
@click.argument("numbers", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that failed.")
@click.pass_obj
def retry(context: CommandContext, numbers: tuple[str, ...], everything: bool) -> None:
    """Put failed messages and refused tickets back in the queue, after what was wrong is mended."""
    if bool(numbers) == everything:
        raise click.UsageError("name message numbers, or --all")

    async def work(settings: Settings) -> int:
        async with opened(settings) as application:
            context = application.context
            if everything:
                done = await retry_failed(context, None) + await retry_refused(context, None)
                return done + await retry_jobs(context, None)
            jobs, others = job_numbers(numbers)
            messages, tickets = await _sorted(application.database, others)
            done = await retry_failed(context, messages) + await retry_jobs(context, jobs)
            return done + await retry_refused(context, tickets)

    count = look(work(context.settings()))
    click.echo(f"{count} put back; the daemon takes them up at once where it runs.")
    if numbers and count < len(set(numbers)):
        raise NoSuchMessage("some of these numbers are not failed; see `intake failed list`")


@failed.command(epilog='Example: intake failed discard 17 --reason "spam"')
@click.argument("numbers", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why nothing more is needed; kept with it.")
@click.pass_obj
def discard(context: CommandContext, numbers: tuple[str, ...], reason: str) -> None:
    """Settle messages that failed or are under attempt without a ticket, or leave refused tickets
    out of the desk.

    Messages and tickets themselves are kept in the journal.
    """

    async def work(settings: Settings) -> int:
        async with Database.open(settings.database) as database:
            jobs, others = job_numbers(numbers)
            messages, tickets = await _sorted(database, others, under_attempt=True)
            done = await MessageStore(database).discard(messages, reason)
            async with database.transaction() as connection:
                done += len(await take_failures(connection, jobs))
            return done + await give_up(database, tickets, reason)

    count = look(work(context.settings()))
    click.echo(f"{count} discarded.")
    if count < len(set(numbers)):
        raise NoSuchMessage("some of these numbers are not failed; see `intake failed list`")


async def _sorted(
    database: Database, numbers: Sequence[str], *, under_attempt: bool = False
) -> tuple[list[int], list[str]]:
    """Split the numbers into those of failed messages and those of tickets.

    Ticket numbers may consist of digits only, so a number counts as a message's only if it has
    failed.
    """
    store = MessageStore(database)
    found = [*await store.failed(), *(await store.under_attempt() if under_attempt else ())]
    failed = {str(row["id"]) for row in found}
    messages = [int(number) for number in numbers if number in failed]
    return messages, [number for number in numbers if number not in failed]
