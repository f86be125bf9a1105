"""The base class of all sections, and the type of paths."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo


class Section(BaseModel):
    """A table of the settings file. It is frozen, and an unknown key is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        str_strip_whitespace=True,
        validate_default=True,
        # A section that is missing from the file is a default instance. It is validated again so
        # that its relative paths are resolved as well.
        revalidate_instances="always",
    )


def _resolved(path: Path, info: ValidationInfo) -> Path:
    """The path with `~` expanded; a relative one is placed under the settings file's folder."""
    path = path.expanduser()
    folder = (info.context or {}).get("folder")
    return path if folder is None else folder / path


PathSetting = Annotated[Path, AfterValidator(_resolved)]
"""A path; `~` is the home folder. A relative path starts at the settings file's folder."""
