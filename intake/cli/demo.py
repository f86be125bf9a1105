"""`intake demo`: runs the daemon on the repository's samples and shows their tickets."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import click
import httpx
from rich.console import Group
from rich.live import Live
from rich.text import Text

from intake.cli import demo_app, demo_call, demo_phone
from intake.cli.context import CommandContext
from intake.cli.table import console
from intake.cli.ticket_table import PIPED_WIDTH, ticket_table
from intake.daemon import run as run_daemon
from intake.logs import configure_logs
from intake.settings.listeners import Maildir
from intake.settings.load import DEFAULT_PATH
from intake.settings.model import Settings
from intake.settings.operations import Log
from intake.settings.package_data import package_data
from intake.store.database import Database
from intake.store.messages import progress_of
from intake.store.tickets import TicketStore

SAMPLES = package_data("samples")
REFRESH_SECONDS = 0.3
SHOWN = 40


class DemoUnavailable(click.ClickException):
    """the demo needs what the settings do not give"""

    exit_code = 2


@click.command(epilog="Example: make demo")
@click.option("--once", is_flag=True, help="End when every sample is processed.")
@click.pass_obj
def demo(context: CommandContext, once: bool) -> None:
    """Deliver the samples into the settings' Maildir and watch the daemon take them in.

    Beside the mails, people write by WhatsApp and SMS, call and leave a message, and an app asks
    for something: signed posts to the daemon's own doors.
    What an earlier demo has delivered is not delivered again.
    """
    if context.settings_path is None and not DEFAULT_PATH.exists():
        shutil.copyfile(package_data("settings.toml"), DEFAULT_PATH)
        click.echo("No settings.toml here: the example was copied; change it as you like.")
    settings = context.settings()
    if not settings.maildir:
        raise DemoUnavailable("the demo delivers into a Maildir: add [[maildir]] to the settings")
    outbox = settings.replies.outbox
    if settings.replies.backend != "maildir" or outbox is None:
        raise DemoUnavailable('the demo answers into a Maildir: set replies.backend = "maildir"')
    # Any free port: the firm's own daemon may be running on this machine.
    port = demo_phone.free_port()
    settings = demo_phone.with_phone(settings, port, demo_call.VOICE)
    settings = settings.model_copy(update={"app": (demo_app.app(),)})
    asyncio.run(_show(settings, port, outbox, once))


async def _show(settings: Settings, port: int, outbox: Path, once: bool) -> None:
    folder = settings.database.folder.parent
    folder.mkdir(parents=True, exist_ok=True)
    log_file = folder / "demo.log"
    samples = sorted(SAMPLES.glob("*.eml"))
    with log_file.open("a", encoding="utf-8") as stream:
        configure_logs(Log(format="json"), stream)
        say = click.echo
        say(
            f"Journal   {settings.database.folder} (embedded PostgreSQL, started and stopped by us)"
        )
        say(f"Inbox     {settings.maildir[0].path} (Maildir)")
        say(f"Doors     http://127.0.0.1:{port} (WhatsApp, SMS, a call, and an app's request)")
        say(f"Outbox    {outbox} (Maildir: the acknowledgements)")
        say(f"Log       {log_file}")
        stopping = asyncio.Event()
        daemon = asyncio.create_task(run_daemon(settings, stopping))
        calling = asyncio.create_task(_knock(port))
        try:
            await _watch(settings, samples, outbox, daemon, once)
            await calling
        finally:
            calling.cancel()
            stopping.set()
            await daemon
    say("Stopped cleanly. Everything is kept: `.venv/bin/intake tickets` shows it again.")


async def _knock(port: int) -> None:
    """Send all sample requests at once. The daemon ignores those that it already has."""
    async with demo_phone.files() as files, httpx.AsyncClient(trust_env=False) as client:
        calling = [demo_call.leave_message(client, port, files, call) for call in demo_call.calls()]
        writing = [demo_phone.write(client, port, files, talk) for talk in demo_phone.talks()]
        await asyncio.gather(*writing, *calling)
        await demo_app.ask(client, port)
        # The daemon still has to fetch photos and recordings from our file server.
        await asyncio.sleep(demo_phone.SILENCE)


async def _watch(
    settings: Settings,
    samples: Sequence[Path],
    outbox: Path,
    daemon: "asyncio.Task[None]",
    once: bool,
) -> None:
    async with _database(settings, daemon) as database:
        store = TicketStore(database)
        delivered = deliver_samples(samples, settings.maildir[0])
        others = "; the others are there already" if delivered < len(samples) else ""
        click.echo(f"Delivered {delivered} of {len(samples)} mails{others}.\n")
        screen = console(PIPED_WIDTH)
        zone = settings.calendar.build().zone
        keys = [sample_key(sample, settings.maildir[0]) for sample in samples]
        keys += [*demo_phone.keys(), *demo_call.keys(), *demo_app.keys()]
        if screen.is_terminal:
            with Live(console=screen, auto_refresh=False) as live:
                while not daemon.done():
                    table = ticket_table(await store.newest(SHOWN), zone, screen.width)
                    progress = await _progress(database, keys)
                    live.update(Group(table, Text(_status(progress, outbox))), refresh=True)
                    if once and not progress.waiting:
                        return
                    await _pause(daemon)
        else:
            while not daemon.done() and (await _progress(database, keys)).waiting:
                await _pause(daemon)
            if daemon.done():
                return
            screen.print(ticket_table(await store.newest(SHOWN), zone, screen.width))
            click.echo(_status(await _progress(database, keys), outbox))
            sys.stdout.flush()
            if not once:
                await asyncio.wait({daemon})


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How many samples there are, and how many are unprocessed or failed."""

    total: int
    waiting: int
    failed: int


def _status(progress: Progress, outbox: Path) -> str:
    answers = sum(1 for _ in (outbox / "new").glob("*")) if outbox.exists() else 0
    line = (
        f"{progress.total - progress.waiting} of {progress.total} samples processed "
        "(those that open no ticket are on record); "
        f"{answers} acknowledgements and notices in {outbox / 'new'}. Ctrl-C stops."
    )
    if progress.failed:
        line += f"\n{progress.failed} could not be processed: `.venv/bin/intake failed list`"
    return line


@asynccontextmanager
async def _database(settings: Settings, daemon: "asyncio.Task[None]") -> AsyncIterator[Database]:
    async with Database.open(settings.database) as database:
        if daemon.done():
            await daemon
        yield database


async def _pause(daemon: "asyncio.Task[None]") -> None:
    await asyncio.wait({daemon}, timeout=REFRESH_SECONDS)


async def _progress(database: Database, keys: Sequence[str]) -> Progress:
    async with database.transaction() as connection:
        row = await progress_of(connection, keys)
    return Progress(total=len(keys), waiting=row["waiting"], failed=row["failed"])


def sample_name(sample: Path) -> str:
    """The Maildir file name of a sample; the same sample always has the same name."""
    return f"sample.{sample.stem}.demo"


def sample_key(sample: Path, maildir: Maildir) -> str:
    """The sample's message key, as the Maildir listener makes it."""
    return f"maildir:{maildir.name}:{sample_name(sample)}"


def deliver_samples(samples: Sequence[Path], maildir: Maildir) -> int:
    """Deliver as a mail server does: write to `tmp/`, then move to `new/`. Returns how many were
    new."""
    for name in ("tmp", "new", "cur"):
        (maildir.path / name).mkdir(parents=True, exist_ok=True)
    delivered = 0
    for sample in samples:
        name = sample_name(sample)
        here = [maildir.path / "new" / name, *(maildir.path / "cur").glob(f"{name}:*")]
        if any(path.exists() for path in here):
            continue
        shutil.copyfile(sample, maildir.path / "tmp" / name)
        (maildir.path / "tmp" / name).rename(maildir.path / "new" / name)
        delivered += 1
    return delivered
