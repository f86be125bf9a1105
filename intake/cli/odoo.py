"""`intake odoo`: prepares an Odoo for tickets."""

import sys
from collections.abc import Sequence

import click

from intake.cli.context import CommandContext, look
from intake.desk.odoo.discuss import MEMBER
from intake.desk.odoo.layout import LAYOUTS, tags_of
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.setup import Plan, carry_out, lacking_rights, plan
from intake.desk.odoo.setup_step import Doing, Step
from intake.ports.desk import DeskUnavailable
from intake.settings.desk import NEEDED, Odoo
from intake.settings.model import Settings


@click.group(epilog="Example: intake odoo setup")
def odoo() -> None:
    """Odoo as the desk (Central de Ajuda)."""


@odoo.command(epilog="Example: intake odoo setup --apply --user admin")
@click.option(
    "--apply/--dry-run", "do_it", default=False,
    help="Do it, or only say what would be done: so without either.",
)  # fmt: skip
@click.option(
    "--user",
    help="Log in as this administrator instead of the daemon's own user; asks for the password, "
    "and keeps it nowhere.",
)
@click.pass_obj
def setup(context: CommandContext, do_it: bool, user: str | None) -> None:
    """Make the project or team with its stages and tags, where they are not there yet, and with
    [odoo.discuss] the channel for commands.

    Nothing is doubled or renamed: what is there already stays as people have it. Exit code 1 where
    the rights are lacking; the output then says what an administrator has to do.
    """
    settings = context.settings()
    lacking = [key for key in NEEDED if not getattr(settings.odoo, key)]
    if user is not None:
        lacking = [key for key in lacking if key not in ("user", "password")]
    if lacking:
        raise click.UsageError(f"[odoo] of the settings needs {', '.join(lacking)}")
    password = None if user is None else _password(user)
    try:
        done = look(_set_up(settings, do_it=do_it, user=user, password=password))
    except (DeskUnavailable, OdooRefused) as error:
        raise click.ClickException(" ".join(str(error).split())) from error
    if not done:
        raise SystemExit(1)


def _password(user: str) -> str:
    if sys.stdin.isatty():
        return str(click.prompt(f"Password or API key of {user}", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


async def _set_up(
    settings: Settings, *, do_it: bool, user: str | None, password: str | None
) -> bool:
    from intake.desk.odoo.connect import sessions_of  # odoorpc is loaded only if it is used.

    known, layout = settings.odoo, LAYOUTS[settings.odoo.profile]
    sessions = sessions_of(known, user=user, password=password)
    try:
        version = await sessions.version()
        click.echo(f"Odoo {version} at {known.url}, database {known.database}")
        wanted = await plan(sessions, layout, known.project, tags_of(settings), known)
        refused = await lacking_rights(sessions, wanted)
        if refused:
            _show(wanted)
            _tell_administrator(known, wanted, refused, as_user=user or known.user)
            return False
        if do_it:
            await carry_out(sessions, wanted)
        _show(wanted, done=do_it)
    finally:
        await sessions.close()
    if not wanted.to_do:
        click.echo("Everything is there.")
    elif not do_it:
        click.echo("Nothing has been changed: --apply does it.")
    return True


DONE = {
    Doing.NOTHING: "is there",
    Doing.MAKE: "made",
    Doing.RESTORE: "restored",
    Doing.LINK: "added to it",
}


def _show(wanted: Plan, *, done: bool = False) -> None:
    width = max(len(step.what) for step in wanted.steps)
    for step in wanted.steps:
        mark = "=" if step.doing is Doing.NOTHING else "+"
        state = DONE[step.doing] if done else step.doing.value
        click.echo(f"{mark} {step.what:<{width}}  {state}")


def _tell_administrator(
    known: Odoo, wanted: Plan, refused: Sequence[Step], *, as_user: str
) -> None:
    layout = wanted.layout
    click.echo(
        f"\nThe user {as_user} may not do {len(refused)} of this. Somebody with the right "
        f"“{layout.manager_group}” has to, either with\n"
        "  intake odoo setup --apply --user LOGIN\n"
        "or by hand in Odoo, with exactly these names:"
    )
    for step in refused:
        click.echo(f"  {_by_hand(wanted, step)}")


def _by_hand(wanted: Plan, step: Step) -> str:
    where = f"{wanted.layout.container_word} “{wanted.name}”"
    if step.doing is Doing.RESTORE:
        return f"restore from the archive: {step.what}"
    if step.model == MEMBER:
        return f"add to its members: {step.what}"
    if step.doing is Doing.LINK:
        return f"add to the {where}: {step.what}"
    if step.model == wanted.layout.stage_model:
        folded = ", folded" if step.values["fold"] == "True" else ""
        closing = ", closed" if "closed" in step.values else ""
        return f"create in the {where}: {step.what}{folded}{closing}"
    return f"create: {step.what}"
