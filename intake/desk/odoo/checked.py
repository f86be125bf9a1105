"""The result of one check of Odoo by `intake doctor`."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """The result of one check."""

    what: str
    well: bool
    detail: str


def checked(what: str, well: bool, detail: str) -> Checked:
    """`detail` says how to fix it if `well` is false."""
    return Checked(what=what, well=well, detail=detail)
