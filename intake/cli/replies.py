"""`intake replies`: checks and previews the replies' wording."""

from dataclasses import replace
from pathlib import Path

import click

from intake.cli.context import CommandContext
from intake.ports.reply_kinds import KINDS
from intake.replies.sample_facts import in_closed_hours, sample
from intake.replies.templates import SHIPPED, Templates
from intake.replies.wording import LANGUAGES
from intake.settings.replies import Replies
from routing.suggestion import suggestion
from routing.vocabulary import Channel


@click.group(epilog="Example: intake replies preview --closed")
def replies() -> None:
    """Check and look at the replies' wording before clients do."""


@replies.command(epilog="Example: intake replies check --templates meus-modelos")
@click.option(
    "--templates", "folder", type=click.Path(path_type=Path),
    help="A folder to check instead of the one that the settings name.",
)  # fmt: skip
@click.pass_obj
def check(context: CommandContext, folder: Path | None) -> None:
    """Compile and render every template: one line for each fault, exit code 2."""
    templates = _templates(context.settings_or_shipped().replies, folder)
    own = len(templates.own_files())
    click.echo(f"The templates are fine: {len(templates.names)}, {own} of them your own.")


@replies.command(epilog="Example: intake replies preview --missing client --html a.html")
@click.argument("kind", type=click.Choice(list(KINDS)), default="acknowledgement")
@click.option("--language", type=click.Choice(LANGUAGES), help="Else the settings' default.")
@click.option(
    "--channel", type=click.Choice([c.value for c in Channel]), default=Channel.EMAIL.value,
    show_default=True, help="The channel that the reply goes by.",
)  # fmt: skip
@click.option("--closed", is_flag=True, help="As written while the desk is closed.")
@click.option("--missing", multiple=True, help="A field that the ticket lacks; may be repeated.")
@click.option(
    "--templates", "folder", type=click.Path(path_type=Path),
    help="A folder to use instead of the one that the settings name.",
)  # fmt: skip
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the HTML there, for a browser.",
)  # fmt: skip
@click.pass_obj
def preview(
    context: CommandContext,
    kind: str,
    language: str | None,
    channel: str,
    closed: bool,
    missing: tuple[str, ...],
    folder: Path | None,
    html_file: Path | None,
) -> None:
    """Print a reply about a made-up ticket. KIND is one of those that the daemon sends."""
    known = context.settings_or_shipped()
    settings = known.replies
    facts = in_closed_hours(sample(KINDS[kind])) if closed else sample(KINDS[kind])
    facts = replace(facts, organisation=known.organisation.name, missing=missing)
    composed = _templates(settings, folder).compose(
        kind, Channel(channel), language or settings.default_language, facts
    )
    if composed.subject:
        click.echo(f"{composed.subject}\n")
    click.echo(composed.text, nl=False)
    if html_file is not None:
        if not composed.html:
            raise click.UsageError(f"there is no HTML on the channel {channel}")
        html_file.write_text(composed.html, encoding="utf-8")
        click.echo(f"HTML written to {html_file}", err=True)


@replies.command(epilog="Example: intake replies source email/greeting.pt-BR.txt")
@click.argument("name", required=False)
def source(name: str | None) -> None:
    """Print a shipped template, to start your own from; without a NAME, all names."""
    shipped = Templates()
    if name is None:
        click.echo("\n".join(sorted(shipped.names)))
    elif name in shipped.names:
        click.echo((SHIPPED / name).read_text(encoding="utf-8"), nl=False)
    else:
        raise click.UsageError(f"there is no template {name!r}; {suggestion(name, shipped.names)}")


def _templates(settings: Replies, folder: Path | None) -> Templates:
    own = folder or settings.templates
    return Templates.load([own] if own else [], default_language=settings.default_language)
