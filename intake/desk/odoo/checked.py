"""One thing that `intake doctor` looked at in Odoo."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """One thing that was looked at."""

    what: str
    well: bool
    detail: str


def checked(what: str, well: bool, detail: str) -> Checked:
    """`detail` says what to do where it is not well."""
    return Checked(what=what, well=well, detail=detail)
