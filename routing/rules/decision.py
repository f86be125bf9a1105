"""Decides by the weights of the rules that fired."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from routing.rules.classification import Candidate
from routing.rules.conditions import Finding
from routing.rules.rule import NO_TICKET, Rule
from routing.vocabulary import Priority

_UNSAID_PRIORITY = 0.5
"""The weight that *medium* has by default: one ordinary rule is enough to overrule it."""
_PRIORITIES = (Priority.HIGH, Priority.MEDIUM, Priority.LOW)
"""The most urgent first: in a tie the more urgent one wins."""


class Fired(NamedTuple):
    """A rule that fired, and the words on which it did."""

    place: int
    """The rule's position among all rules, sorted by weight (most first), then by id."""
    rule: Rule
    finding: Finding


def settled(fired: Iterable[Fired], winner: str | None) -> "Tally":
    """Tally the rules again without those that voted for a request type other than the winner."""
    return Tally(each.rule for each in fired if each.rule.effects.request_type in (None, winner))


class Tally:
    """Sums of the rules' weights, exactly rounded, so that the order of rules does not matter."""

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
        """The best request type, if it leads by the margin, and all candidates, best first.

        Candidates are the types with a positive score. The second best counts at least 0: a type
        that is alone must reach the margin too. `refused`: a type that does not count, whatever its
        score.
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
        """Whether NO_TICKET may win: a rule proves it, and none sets `opens_ticket`."""
        objects = any(rule.effects.opens_ticket for rule in self._rules)
        return not objects and any(rule.proves_no_ticket for rule in self._rules)

    def value(self, what: str) -> str | None:
        """The value with the highest score above 0, in a tie the first by name; else None."""
        ranked = self._ranked(what)
        return ranked[0][0] if ranked and ranked[0][1] > 0 else None

    def priority(self) -> str:
        """The priority with the highest score; *medium* has a weight by default."""
        scores = dict(self._ranked("priority"))
        scores[Priority.MEDIUM] = scores.get(Priority.MEDIUM, 0.0) + _UNSAID_PRIORITY
        return max(_PRIORITIES, key=lambda each: scores.get(each, 0.0))

    def tags(self) -> tuple[str, ...]:
        """The tags of all rules, sorted."""
        return tuple(sorted({tag for rule in self._rules for tag in rule.effects.tags}))

    def acknowledge(self, *, default: bool) -> bool:
        """Whether the client gets an answer, by the heaviest rule; in a tie, no answer."""
        said = [
            (rule.weight, not rule.effects.acknowledge)
            for rule in self._rules
            if rule.effects.acknowledge is not None
        ]
        return not max(said)[1] if said else default

    def _ranked(self, what: str) -> Sequence[tuple[str, float]]:
        found = ((value, score) for (name, value), score in self._sums.items() if name == what)
        return sorted(found, key=lambda each: (-each[1], each[0]))
