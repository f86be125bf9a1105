"""A settings file of a few lines."""

from pathlib import Path

import pytest

from intake.settings.load import SettingsInvalid, load_settings
from intake.settings.model import Settings


def loaded(folder: Path, text: str) -> Settings:
    """The settings that the text means."""
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def refused(folder: Path, text: str) -> list[str]:
    """The lines of complaint; `F` stands for the file."""
    with pytest.raises(SettingsInvalid) as caught:
        loaded(folder, text)
    return str(caught.value).replace(str(folder / "settings.toml"), "F").splitlines()
