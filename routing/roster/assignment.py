"""Who owns a ticket, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Strategy(StrEnum):
    """How a level shares its tickets."""

    IN_TURN = "in_turn"
    LEAST_OPEN = "least_open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What the journal knows of each login: how much is open, and when they last got a ticket.

    `last_assigned` holds numbers that grow with time (a ticket's sequence, for instance).
    """

    open_tickets: Mapping[str, int] = field(default_factory=dict)
    last_assigned: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """The roster's decision. `reason` is for the desk, in pt-BR."""

    owner: str | None
    """A login; None only where the roster has nobody on any level."""
    level: str
    """That on which the owner answers: not always the one that was asked."""
    reason: str
    at_work: bool
    starts_at: datetime | None
    """When the owner is next at work; None where that is not known."""
