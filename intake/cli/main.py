"""`intake`: the main command, and how errors of all subcommands are shown."""

import io
import os
import sys
from pathlib import Path

import click
import psycopg

from intake import __version__
from intake.cli.alarms import alarms
from intake.cli.app import app
from intake.cli.calendar import calendar
from intake.cli.context import CommandContext
from intake.cli.demo import demo
from intake.cli.digest import digest
from intake.cli.doctor import doctor
from intake.cli.failed import failed
from intake.cli.odoo import odoo
from intake.cli.open import open_ticket
from intake.cli.replies import replies
from intake.cli.report import report
from intake.cli.roster import roster
from intake.cli.rules import rules
from intake.cli.run import run
from intake.cli.sla import sla
from intake.cli.tickets import tickets
from intake.daemon import WorkUndone
from intake.ports.sender import SenderUnavailable
from intake.replies.templates import TemplatesInvalid
from intake.settings.credential import CredentialMissing
from intake.settings.load import SettingsInvalid
from intake.store.database import DatabaseUnavailable
from intake.store.embedded import EmbeddedUnavailable
from intake.store.migrate import DatabaseNewer
from intake.web.server import HttpUnavailable
from routing.rules.problems import RulesInvalid

WRONG_SETTINGS = (SettingsInvalid, RulesInvalid, TemplatesInvalid, CredentialMissing)
"""Errors in what the user wrote: exit code 2."""
NOT_NOW = (
    DatabaseUnavailable,
    EmbeddedUnavailable,
    DatabaseNewer,
    HttpUnavailable,
    SenderUnavailable,
    WorkUndone,
    psycopg.OperationalError,
)
"""Errors that the user's input did not cause, such as an unavailable database: exit code 1."""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: intake -c /etc/central-intake/settings.toml run",
)
@click.version_option(__version__, prog_name="intake")
@click.option(
    "-c",
    "--config",
    "settings_path",
    type=click.Path(path_type=Path),
    help="The settings file; settings.toml in the current folder where none is named.",
)
@click.pass_context
def intake(context: click.Context, settings_path: Path | None) -> None:
    """Every request a client makes becomes exactly one ticket, classified, owned, acknowledged."""
    context.obj = CommandContext(settings_path)


for command in (
    run,
    open_ticket,
    tickets,
    failed,
    alarms,
    digest,
    report,
    doctor,
    rules,
    sla,
    calendar,
    roster,
    replies,
    odoo,
    app,
    demo,
):
    intake.add_command(command)


def main() -> None:
    """Run the command. Each error is printed as one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal without UTF-8 shows question marks instead of failing.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = intake(prog_name="intake", standalone_mode=False)
    except click.exceptions.Abort:
        code = 130
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = error.exit_code
    except click.ClickException as error:
        click.echo(_in_one_line(error), err=True)
        code = error.exit_code
    except WRONG_SETTINGS as error:
        click.echo(str(error), err=True)
        code = 2
    except NOT_NOW as error:
        click.echo(f"intake: {' '.join(str(error).split())}", err=True)
        code = 1
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        # For example a folder that is not writable, or a full disk.
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"intake: {where}{error.strerror or error}", err=True)
        code = 1
    except Exception as error:
        if os.environ.get("INTAKE_DEBUG"):
            raise
        cause = _innermost(error)
        click.echo(
            f"intake: defect: {type(cause).__name__}: {cause} "
            "(INTAKE_DEBUG=1 shows where; please report it)",
            err=True,
        )
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _in_one_line(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return f"intake: {message}"
    return f"{context.command_path}: {message} (see {context.command_path} --help)"


def _innermost(error: BaseException) -> BaseException:
    """The original error inside the exception groups that task groups raise."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
