"""`intake failed`: messages that could not be processed. Nothing is ever dropped silently."""

import click
from psycopg.rows import DictRow

from intake.cli.context import CommandContext, look
from intake.cli.table import console, titled
from intake.journal.database import Database
from intake.journal.messages import MessageStore, StoredMessage
from intake.office import opened
from intake.replies.presentable import one_line
from intake.settings.model import Settings
from intake.work.retrying import retry_failed

LONGEST_REASON = 500
SHOWN = 2000
"""Bytes of a message that `show` prints; `--raw` gives all of it."""


class NoSuchMessage(click.ClickException):
    """there is no failed message of that number"""

    exit_code = 1


@click.group(epilog="Example: intake failed list")
def failed() -> None:
    """Messages that a person must look at."""


@failed.command("list", epilog="Example: intake failed list")
@click.pass_obj
def list_failed(context: CommandContext) -> None:
    """All of them, oldest first, and why each failed."""
    settings = context.settings()
    rows = look(_failed(settings))
    if not rows:
        click.echo("Nothing has failed.")
        return
    zone = settings.calendar.build().zone
    table = titled("Mensagens não processadas", "Nº", "Caixa", "Recebida", "Tentativas", "Motivo")
    for row in rows:
        received = row["received_at"].astimezone(zone).strftime("%d/%m/%Y %H:%M")
        reason = one_line(row["error"] or "", LONGEST_REASON)
        table.add_row(
            str(row["id"]), one_line(row["source"], 80), received, str(row["attempts"]), reason
        )
    console().print(table)


async def _failed(settings: Settings) -> list[DictRow]:
    async with Database.open(settings.database) as database:
        return await MessageStore(database).failed()


@failed.command(epilog="Example: intake failed show 17 --raw > message.eml")
@click.argument("number", type=int)
@click.option("--raw", is_flag=True, help="The bytes as they came, for a mail program.")
@click.pass_obj
def show(context: CommandContext, number: int, raw: bool) -> None:
    """One message: where it came from, why it failed, and its beginning."""
    stored = look(_get(context.settings(), number))
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
    """Readable on any terminal: what is no text shows as a question mark."""
    text = raw[:SHOWN].decode("utf-8", "replace").replace("\r\n", "\n")
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in text)


async def _get(settings: Settings, number: int) -> StoredMessage:
    async with Database.open(settings.database) as database:
        stored = await MessageStore(database).get(number)
    if stored is None:
        raise NoSuchMessage(f"there is no message {number}; see `intake failed list`")
    return stored


@failed.command(epilog="Example: intake failed retry 17   (or: intake failed retry --all)")
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that failed.")
@click.pass_obj
def retry(context: CommandContext, numbers: tuple[int, ...], everything: bool) -> None:
    """Put failed messages back in the queue, after what was wrong has been mended."""
    if bool(numbers) == everything:
        raise click.UsageError("name message numbers, or --all")

    async def work(settings: Settings) -> int:
        async with opened(settings) as office:
            return await retry_failed(office.context, None if everything else numbers)

    count = look(work(context.settings()))
    click.echo(f"{count} put back; the daemon takes them up at once where it runs.")
    if numbers and count < len(set(numbers)):
        raise NoSuchMessage("some of these numbers are not failed; see `intake failed list`")


@failed.command(epilog='Example: intake failed discard 17 --reason "spam"')
@click.argument("numbers", type=int, nargs=-1, required=True)
@click.option("--reason", required=True, help="Why no ticket is needed; kept with the message.")
@click.pass_obj
def discard(context: CommandContext, numbers: tuple[int, ...], reason: str) -> None:
    """Settle failed messages without a ticket. The messages themselves are kept."""

    async def work(settings: Settings) -> int:
        async with Database.open(settings.database) as database:
            return await MessageStore(database).discard(numbers, reason)

    count = look(work(context.settings()))
    click.echo(f"{count} discarded.")
    if count < len(set(numbers)):
        raise NoSuchMessage("some of these numbers are not failed; see `intake failed list`")
