"""`intake failed`: messages that could not be processed. Nothing is ever dropped silently."""

import sys

import click
from rich.console import Console
from rich.table import Table

from intake.cli.context import CommandContext, look
from intake.journal.database import Database
from intake.journal.messages import MessageStore, StoredMessage
from intake.office import opened
from intake.settings.model import Settings
from intake.work.retrying import retry_failed


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

    async def work(settings: Settings) -> None:
        async with Database.open(settings.database) as database:
            rows = await MessageStore(database).failed()
        if not rows:
            click.echo("Nothing has failed.")
            return
        table = Table("Nr", "Channel", "Source", "Received", "Bytes", "Tries", "Why")
        for row in rows:
            table.add_row(
                str(row["id"]),
                row["channel"],
                row["source"],
                row["received_at"].isoformat(timespec="minutes"),
                str(row["raw_size"]),
                str(row["attempts"]),
                row["error"],
            )
        Console().print(table)

    look(work(context.settings()))


@failed.command(epilog="Example: intake failed show 17 --raw > message.eml")
@click.argument("number", type=int)
@click.option("--raw", is_flag=True, help="The bytes as they came, for a mail program.")
@click.pass_obj
def show(context: CommandContext, number: int, raw: bool) -> None:
    """One message: where it came from, why it failed, and its beginning."""
    stored = look(_get(context.settings(), number))
    if raw:
        sys.stdout.buffer.write(stored.raw)
        return
    click.echo(f"number    {stored.id}\nsource    {stored.source}\nkey       {stored.key}")
    click.echo(f"received  {stored.received_at.isoformat()}\nstate     {stored.state}")
    click.echo(f"why       {stored.error or '—'}\nbytes     {len(stored.raw)}\n")
    click.echo(stored.raw[:2000].decode("utf-8", "replace"))


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
