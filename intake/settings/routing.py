"""[rules], [calendar], [sla] and [roster]: how the desk decides."""

from pydantic import Field

from intake.settings.section import PathSetting, Section


class Rules(Section):
    """The operators' rules file, on top of the shipped rules."""

    file: PathSetting | None = None
    shipped: bool = True
    """False: only the operators' own file counts."""
    margin: float = Field(default=0.9, ge=0)
    """By how much the best type's weight must lead the second's."""
