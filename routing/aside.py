"""Message updates: what is sent about an earlier message or call and is no request by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Aside(StrEnum):
    """The kind of message update."""

    REACTION = "reaction"
    """An emoji was put on a message. It counts like a bare thanks."""
    CORRECTION = "correction"
    """A message was edited."""
    DELETION = "deletion"
    """A message was deleted by its sender."""
    CALL_ENDED = "call_ended"
    """A call ended. Without a recording or anything else from it, it is a missed call."""
    TRANSCRIPT = "transcript"
    """The automatic transcript of a recording."""


class Kept(StrEnum):
    """How a message update is stored on a ticket that already exists."""

    MESSAGE = "message"
    NOTE = "note"
    NOT_AT_ALL = "not_at_all"


@dataclass(frozen=True, kw_only=True, slots=True)
class UpdateEffects:
    """What a message update of one kind does to tickets."""

    opens: bool
    """Whether it opens a ticket if it belongs to none."""
    wakes: bool
    """Whether it reopens a closed ticket and notifies the owner."""
    kept: Kept


PLAIN = UpdateEffects(opens=True, wakes=True, kept=Kept.MESSAGE)
"""The effects of an ordinary message, which is no message update."""
BEARINGS: Mapping[Aside, UpdateEffects] = {
    Aside.REACTION: UpdateEffects(opens=False, wakes=False, kept=Kept.NOTE),
    Aside.CORRECTION: PLAIN,
    Aside.DELETION: UpdateEffects(opens=False, wakes=False, kept=Kept.NOTE),
    Aside.CALL_ENDED: UpdateEffects(opens=True, wakes=False, kept=Kept.NOT_AT_ALL),
    Aside.TRANSCRIPT: UpdateEffects(opens=True, wakes=False, kept=Kept.NOTE),
}


def update_effects(aside: Aside | None) -> UpdateEffects:
    """The effects of a message update; those of an ordinary message for None."""
    return PLAIN if aside is None else BEARINGS[aside]
