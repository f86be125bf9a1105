"""What every command gets: where the settings are, and a way to run asynchronous work."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from intake.logs import configure_logs
from intake.settings.load import load_settings
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


def look(work: Coroutine[Any, Any, T]) -> T:
    """Run a command that looks at things: only warnings are logged."""
    configure_logs(Log(level="warning"))
    return asyncio.run(work)
