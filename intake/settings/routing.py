"""[rules]: the rules that classify messages."""

from pydantic import Field

from intake.settings.section import PathSetting, Section


class Rules(Section):
    """The operators' own rules file, applied after the shipped rules."""

    file: PathSetting | None = None
    shipped: bool = True
    """False: only the operators' own file is used."""
    margin: float = Field(default=0.9, ge=0)
    """The best request type's score must exceed the second best's by this much."""
