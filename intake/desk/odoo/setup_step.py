"""One record that setup needs in Odoo, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Doing(StrEnum):
    """What setup does about a record."""

    NOTHING = "is there"
    MAKE = "to be made"
    RESTORE = "is archived, to be restored"
    LINK = "to be added to it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One record, and what to do about it."""

    what: str
    doing: Doing
    model: str
    external_id: str
    record: int | None = None
    """The record's database id, if it exists."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Values to create it with: field → value, as `load` takes it."""


def doing(found: int | None, archived: int | None) -> Doing:
    """What to do, given the ids of an active and of an archived record."""
    if found is not None:
        return Doing.NOTHING
    return Doing.MAKE if archived is None else Doing.RESTORE
