"""What a message is that speaks of an earlier one, or of a call, and is no request by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Aside(StrEnum):
    """What was done, or became known."""

    REACTION = "reaction"
    """An emoji was put on a message: a bare thanks, in effect."""
    CORRECTION = "correction"
    """A message was written anew."""
    DELETION = "deletion"
    """A message was taken back."""
    CALL_ENDED = "call_ended"
    """A call is over. Where nothing else is heard of it, it was missed."""
    TRANSCRIPT = "transcript"
    """What a machine understood of a recording."""


class Kept(StrEnum):
    """As what something stands on a ticket that was there before it."""

    MESSAGE = "message"
    NOTE = "note"
    NOT_AT_ALL = "not_at_all"


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdateEffects:
    """What follows from a message of its kind."""

    opens: bool
    """A ticket is opened for it where it belongs to none."""
    wakes: bool
    """A closed ticket is opened again, and the owner is told."""
    kept: Kept


PLAIN = UpdateEffects(opens=True, wakes=True, kept=Kept.MESSAGE)
"""Of whatever is no aside."""
BEARINGS: Mapping[Aside, UpdateEffects] = {
    Aside.REACTION: UpdateEffects(opens=False, wakes=False, kept=Kept.NOTE),
    Aside.CORRECTION: PLAIN,
    Aside.DELETION: UpdateEffects(opens=False, wakes=False, kept=Kept.NOTE),
    Aside.CALL_ENDED: UpdateEffects(opens=True, wakes=False, kept=Kept.NOT_AT_ALL),
    Aside.TRANSCRIPT: UpdateEffects(opens=True, wakes=False, kept=Kept.NOTE),
}


def update_effects(aside: Aside | None) -> UpdateEffects:
    """Of a message, by what it is beside its words."""
    return PLAIN if aside is None else BEARINGS[aside]
