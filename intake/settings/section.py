"""What all sections of the settings have in common."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo


class Section(BaseModel):
    """A table of the settings file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        str_strip_whitespace=True,
        validate_default=True,
        # A section that the file leaves out is its default: its paths start at the file as well.
        revalidate_instances="always",
    )


def _resolved(path: Path, info: ValidationInfo) -> Path:
    """`~` expanded, and a relative path put under the folder of the settings file."""
    path = path.expanduser()
    folder = (info.context or {}).get("folder")
    return path if folder is None else folder / path


PathSetting = Annotated[Path, AfterValidator(_resolved)]
"""A path; `~` is the home folder. A relative one starts at the settings file's folder."""
