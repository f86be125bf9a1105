"""Which rules a command uses, and what those rules know about the firm."""

from pathlib import Path

import click

from intake.cli.context import CommandContext
from intake.settings.model import Settings
from routing.rules.classification import Surroundings

rules_option = click.option(
    "--rules",
    "own",
    type=click.Path(path_type=Path),
    help="Another operators' rules file instead of the one that the settings name.",
)


def chosen_settings(context: CommandContext, own: Path | None) -> Settings:
    """The settings, or the shipped ones if there is no file; with another rules file if one is
    given."""
    return with_rules(context.settings_or_shipped(), own)


def with_rules(settings: Settings, own: Path | None) -> Settings:
    """The same settings, with another operators' rules file if one is given."""
    if own is None:
        return settings
    return settings.model_copy(update={"rules": settings.rules.model_copy(update={"file": own})})


def surroundings_of(settings: Settings) -> Surroundings:
    """What rules know about the firm, during business hours and without client tags."""
    return Surroundings(
        own_domains=frozenset(domain.lower() for domain in settings.organisation.domains),
        people=settings.roster.build().addresses(),
    )


def readable(text: str) -> str:
    """Text that a terminal can show: without lone surrogates and control characters."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in whole)
