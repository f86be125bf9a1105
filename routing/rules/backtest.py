"""Messages that were routed before, to be routed again by other rules."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from routing.message import Message
from routing.rules.classification import Classification, Surroundings
from routing.rules.comparison import Change, compare
from routing.rules.ruleset import RuleSet


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutedMessage:
    """A message of the journal and what was decided of it when it came."""

    id: str
    """As people know it: the ticket's number, or the message's number in the journal."""
    message: Message
    surroundings: Surroundings
    decided: Classification | None = None
    """As it was routed then; None where that is not known."""


class RoutedMessages(Protocol):
    """Where routed messages come from."""

    async def count(self, start: datetime) -> int:
        """How many there are from `start` on, for the progress bar."""
        ...

    def since(self, start: datetime) -> AsyncIterator[RoutedMessage]:
        """Those received from `start` on, oldest first."""
        ...


def replay(routed: RoutedMessage, rules: RuleSet, *, against: RuleSet | None) -> Change | None:
    """What `rules` would decide otherwise; None where nothing.

    Compared with what `against` decides, or without it with what was decided when it came.
    """
    now = rules.classify(routed.message, routed.surroundings)
    if against is not None:
        before = against.classify(routed.message, routed.surroundings)
    elif routed.decided is not None:
        before = routed.decided
    else:
        return None
    return compare(routed.id, before, now)
