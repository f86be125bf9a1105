"""Backtests: classifies stored messages again by other rules and compares the decisions."""

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
    """A stored message, and how it was classified when it arrived."""

    id: str
    """The id shown to people: the ticket's number, or the message's number in the store."""
    message: Message
    surroundings: Surroundings
    decided: Classification | None = None
    """The classification when it arrived; None if it is not known."""


class RoutedMessages(Protocol):
    """A source of stored messages."""

    async def count(self, start: datetime) -> int:
        """The number of messages received from `start` on, for the progress bar."""
        ...

    def since(self, start: datetime) -> AsyncIterator[RoutedMessage]:
        """Those received from `start` on, oldest first."""
        ...


def replay(routed: RoutedMessage, rules: RuleSet, *, against: RuleSet | None) -> Change | None:
    """The difference that `rules` would make for a message; None if there is none.

    The decision is compared with that of `against`, or without it with the one made when the
    message arrived.
    """
    now = rules.classify(routed.message, routed.surroundings)
    if against is not None:
        before = against.classify(routed.message, routed.surroundings)
    elif routed.decided is not None:
        before = routed.decided
    else:
        return None
    return compare(routed.id, before, now)
