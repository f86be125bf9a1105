"""`intake run`: runs the daemon."""

import asyncio

import click

from intake.cli.context import CommandContext
from intake.daemon import run as run_daemon
from intake.daemon import run_once
from intake.logs import configure_logs


@click.command(epilog="Example: intake -c settings.toml run --once")
@click.option("--once", is_flag=True, help="Take in all there is, finish the work, and end.")
@click.pass_obj
def run(context: CommandContext, once: bool) -> None:
    """Listen, make tickets, answer; until SIGTERM or Ctrl-C. SIGHUP reloads the settings."""
    settings = context.settings()
    configure_logs(settings.log)
    asyncio.run(run_once(settings) if once else run_daemon(settings))
