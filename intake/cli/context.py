"""What every command uses: the settings, and a way to run asynchronous code."""

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
    """Passed to each command as click's `obj`."""

    settings_path: Path | None

    def settings(self) -> Settings:
        """Load the settings. Raises SettingsInvalid."""
        return load_settings(self.settings_path)

    def settings_or_shipped(self) -> Settings:
        """Load the settings, or the shipped ones if there is no file. For commands that need no
        store.

        If the shipped settings are used, standard error says so, because the firm's own may give
        other results. Raises SettingsInvalid.
        """
        if self.settings_path is None and not DEFAULT_PATH.exists():
            click.echo("no settings.toml here: these are the shipped settings", err=True)
            return Settings()
        return self.settings()


def look(work: Coroutine[Any, Any, T]) -> T:
    """Run a read-only command's coroutine. Only warnings are logged."""
    configure_logs(Log(level="warning"))
    return asyncio.run(work)
