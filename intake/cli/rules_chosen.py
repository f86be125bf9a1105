"""Which rules a command is about, and what they may ask of the world."""

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
    """The settings in force, or the shipped ones where there are none; with another rules file."""
    return with_rules(context.settings_or_shipped(), own)


def with_rules(settings: Settings, own: Path | None) -> Settings:
    """The same settings with another operators' rules file, where one is named."""
    if own is None:
        return settings
    return settings.model_copy(update={"rules": settings.rules.model_copy(update={"file": own})})


def surroundings_of(settings: Settings) -> Surroundings:
    """What rules may ask about the firm, during business hours and without client tags."""
    return Surroundings(
        own_domains=frozenset(domain.lower() for domain in settings.organisation.domains),
        people=settings.roster.build().addresses(),
    )


def readable(text: str) -> str:
    """Text as a terminal can show it: without lone surrogates and without control signs."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(sign if sign.isprintable() or sign in "\n\t" else " " for sign in whole)
