"""Weighing what the rules that fired say."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from routing.rules.classification import Candidate
from routing.rules.conditions import Finding
from routing.rules.rule import NO_TICKET, Rule
from routing.vocabulary import Priority

_UNSAID_PRIORITY = 0.5
"""What *medium* weighs where nobody says so: one ordinary rule is enough to overrule it."""
_PRIORITIES = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)
"""The more urgent one first: it wins a tie."""


class Fired(NamedTuple):
    """A rule that fired, and on what."""

    place: int
    """Of the rule among all: heaviest first, then by id. What fired is sorted by it."""
    rule: Rule
    finding: Finding


def settled(fired: Iterable[Fired], winner: str | None) -> "Tally":
    """Without the rules that spoke for another request type: what else they set is void."""
    return Tally(each.rule for each in fired if each.rule.effects.request_type in (None, winner))


class Tally:
    """Sums of weights. Sums are exactly rounded, so that no order of rules can change them."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = list(rules)
        heard: dict[tuple[str, str], list[float]] = {}
        for rule in self._rules:
            for vote in rule.votes:
                heard.setdefault(vote, []).append(rule.weight)
        self._sums = {key: math.fsum(weights) for key, weights in heard.items()}

    def request_type(
        self, margin: float, *, refused: str | None = None
    ) -> tuple[str | None, tuple[Candidate, ...]]:
        """The best type where it leads by the margin, and all that have something for them.

        The second's score counts as 0 at least: a type must also convince when it is alone.
        `refused`: a type that does not count, whatever it weighs.
        """
        ranked = [each for each in self._ranked("request_type") if each[0] != refused]
        candidates = tuple(
            Candidate(request_type=value, score=round(score, 3))
            for value, score in ranked
            if score > 0 and value != NO_TICKET
        )
        if not ranked:
            return None, candidates
        best, score = ranked[0]
        second = max(0.0, ranked[1][1] if len(ranked) > 1 else 0.0)
        lead = score - second
        return (best if lead > 0 and lead >= margin else None), candidates

    def may_open_none(self) -> bool:
        """Whether NO_TICKET may win: a rule proves that nothing is asked for, and none objects."""
        objects = any(rule.effects.opens_ticket for rule in self._rules)
        return not objects and any(rule.proves_no_ticket for rule in self._rules)

    def value(self, what: str) -> str | None:
        """What weighs most; of equals the first by name. None where nothing speaks for any."""
        ranked = self._ranked(what)
        return ranked[0][0] if ranked and ranked[0][1] > 0 else None

    def priority(self) -> str:
        """The heaviest priority; medium needs nobody to speak for it."""
        scores = dict(self._ranked("priority"))
        scores[Priority.MEDIUM] = scores.get(Priority.MEDIUM, 0.0) + _UNSAID_PRIORITY
        return max(_PRIORITIES, key=lambda each: scores.get(each, 0.0))

    def tags(self) -> tuple[str, ...]:
        """All of them, sorted."""
        return tuple(sorted({tag for rule in self._rules for tag in rule.effects.tags}))

    def acknowledge(self, *, default: bool) -> bool:
        """The heaviest rule that says whether the client gets an answer; no answer wins a tie."""
        said = [
            (rule.weight, not rule.effects.acknowledge)
            for rule in self._rules
            if rule.effects.acknowledge is not None
        ]
        return not max(said)[1] if said else default

    def _ranked(self, what: str) -> Sequence[tuple[str, float]]:
        found = ((value, score) for (name, value), score in self._sums.items() if name == what)
        return sorted(found, key=lambda each: (-each[1], each[0]))
