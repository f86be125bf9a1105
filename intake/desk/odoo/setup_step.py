"""One thing that belongs into an Odoo, and what is to be done about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Doing(StrEnum):
    """What setup does about one thing."""

    NOTHING = "is there"
    MAKE = "to be made"
    RESTORE = "is archived, to be restored"
    LINK = "to be added to it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing, and what is to be done about it."""

    what: str
    doing: Doing
    model: str
    external_id: str
    record: int | None = None
    """The database id of what is there."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """To make it with: field → value as `load` takes it."""


def doing(found: int | None, archived: int | None) -> Doing:
    """By the ids of what is there, and of what is in the archive."""
    if found is not None:
        return Doing.NOTHING
    return Doing.MAKE if archived is None else Doing.RESTORE
