"""Who owns a ticket, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Strategy(StrEnum):
    """How tickets are shared among the people on a level."""

    IN_TURN = "in_turn"
    LEAST_OPEN = "least_open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """Per login, the number of open tickets and when the person last got one, from the store.

    `last_assigned` holds numbers that grow with time (a ticket's sequence, for instance).
    """

    open_tickets: Mapping[str, int] = field(default_factory=dict)
    last_assigned: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """The roster's decision on who owns a ticket. `reason` is for the desk, in pt-BR."""

    owner: str | None
    """A login; None only if nobody is on any level."""
    level: str
    """The level on which the owner takes the ticket; not always the level asked for."""
    reason: str
    at_work: bool
    starts_at: datetime | None
    """When the owner is next at work; None if that is not known."""
