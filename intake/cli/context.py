"""What every command gets: where the settings are, and a way to run asynchronous work."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from intake.logs import configure_logs
from intake.settings.load import DEFAULT_PATH, load_settings
from intake.settings.model import Settings
from intake.settings.operations import Log

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class CommandContext:
    """Hangs on click's context as `obj`."""

    settings_path: Path | None

    def settings(self) -> Settings:
        """Load the settings. Raises SettingsInvalid."""
        return load_settings(self.settings_path)

    def settings_or_shipped(self) -> Settings:
        """For commands that answer without a journal: the shipped settings where there is no file.

        Standard error says so, since the firm's own calendar would give other answers. Raises
        SettingsInvalid.
        """
        if self.settings_path is None and not DEFAULT_PATH.exists():
            click.echo("no settings.toml here: these are the shipped settings", err=True)
            return Settings()
        return self.settings()


def look(work: Coroutine[Any, Any, T]) -> T:
    """Run a command that looks at things: only warnings are logged."""
    configure_logs(Log(level="warning"))
    return asyncio.run(work)
