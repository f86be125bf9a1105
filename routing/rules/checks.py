"""Checks of well-formed rules: undefined names, and conditions that can never hold."""

from collections.abc import Sequence

from routing.rules.conditions import (
    BusinessHours,
    Condition,
    Every,
    Fact,
    Length,
    NoneOf,
    Phrases,
    Some,
    Unreadable,
)
from routing.rules.names import KnownNames
from routing.rules.problems import Place, Problems, instead_of
from routing.rules.rule import NO_TICKET
from routing.vocabulary import UNCLASSIFIED

_SINGLE = frozenset(
    {"channel", "sender", "service", "event", "authentication", "kind", "request_type"}
)
"""Facts that have exactly one value for a message."""


def check_names(key: str, value: str, place: Place, known: KnownNames, problems: Problems) -> None:
    """Add a problem if the settings do not define a name."""
    staffed = sorted(known.staffed_levels)
    match key:
        case "request_type" if value == UNCLASSIFIED:
            problems.add(
                place, f"a rule cannot set '{UNCLASSIFIED}': it is what no rule was sure of"
            )
        case "request_type" if value not in known.request_types | {NO_TICKET}:
            problems.add(
                place,
                f"unknown request type '{value}': "
                f"{instead_of(value, (known.request_types | {NO_TICKET}) - {UNCLASSIFIED})}",
            )
        case "service" if value not in known.services:
            problems.add(place, f"unknown service '{value}': {instead_of(value, known.services)}")
        case "owner" if value not in known.logins:
            problems.add(
                place,
                f"nobody on the roster has the login '{value}': {instead_of(value, known.logins)}",
            )
        case "level" if value not in known.levels:
            problems.add(place, f"unknown level '{value}': {instead_of(value, known.levels)}")
        case "level" if value not in known.staffed_levels:
            problems.add(
                place,
                f"nobody is on level '{value}': put somebody on it in the roster"
                + (f", or choose {' or '.join(staffed)}" if staffed else ""),
            )
        case _:
            pass


def check_reachable(identity: str, condition: Condition, place: Place, problems: Problems) -> None:
    """Add a problem if a rule's condition contradicts itself."""
    if (reason := _contradiction(condition)) is not None:
        problems.add(place / "when", f"rule '{identity}' can never fire: {reason}")


def _contradiction(condition: Condition) -> str | None:
    match condition:
        case Every(parts):
            return _within(parts)
        case Some(parts):
            reasons = [_contradiction(part) for part in parts]
            return reasons[0] if all(reasons) else None
        case _:
            return None


def _within(parts: tuple[Condition, ...]) -> str | None:
    """Why these conditions cannot all hold at once, or None."""
    wanted = [
        each for part in parts for each in (part.parts if isinstance(part, Every) else [part])
    ]
    refused = [each for part in wanted if isinstance(part, NoneOf) for each in part.parts]
    for part in wanted:
        if (reason := _contradiction(part)) is not None:
            return reason
        for other in refused:
            if part == other or (
                isinstance(part, Phrases)
                and isinstance(other, Phrases)
                and set(part.nodes) <= set(other.nodes)
                and part.where <= other.where
                and other.negated is None
            ):
                return "'none' refuses what it asks for elsewhere"
    return _two_at_once(wanted)


def _two_at_once(wanted: Sequence[Condition]) -> str | None:
    """Why two conditions contradict each other about something that a message has once, or None."""
    if len({part.open for part in wanted if isinstance(part, BusinessHours)}) > 1:
        return "the desk is open or closed, not both"
    if len({part.holds for part in wanted if isinstance(part, Unreadable)}) > 1:
        return "a text can be read or not, not both"
    lengths = [part for part in wanted if isinstance(part, Length)]
    least = max((each.at_least for each in lengths), default=0)
    most = min((each.at_most for each in lengths if each.at_most is not None), default=least)
    if least > most:
        return f"at least {least} and at most {most} words, never both"
    facts = [part for part in wanted if isinstance(part, Fact) and part.name in _SINGLE]
    for place, fact in enumerate(facts):
        for other_fact in facts[place + 1 :]:
            plain = not any("*" in each for each in (*fact.patterns, *other_fact.patterns))
            if (
                fact.name == other_fact.name
                and plain
                and not set(fact.patterns) & set(other_fact.patterns)
            ):
                return f"a message has one {fact.name}, not two"
    return None
