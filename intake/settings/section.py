"""What all sections of the settings have in common."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the settings file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _expanded(path: Path) -> Path:
    return path.expanduser()


PathSetting = Annotated[Path, AfterValidator(_expanded)]
"""A path; `~` is the home folder. A relative one starts at the settings file's folder."""
