"""Compares the decisions of two rule sets on the same message."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.rules.classification import Classification, Evidence
from routing.rules.evaluation import predicted_of

MOST_TOLD = 60
"""At least this many rules of the new decision are compared, even if the old one kept fewer."""


def _decided(classification: Classification) -> dict[str, str | None]:
    return {
        **predicted_of(classification),
        "service": classification.service,
        "level": classification.level,
        "owner": classification.owner,
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A stored message on which two rule sets decide differently."""

    id: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    because: tuple[Evidence, ...]
    """The rules that newly fire, then those that no longer fire; both by weight, most first."""

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that differ."""
        return tuple(name for name in self.before if self.before[name] != self.after[name])

    def as_json(self) -> dict[str, Any]:
        """A dictionary for `--json`."""
        return {
            "id": self.id,
            "changes": {
                name: {"from": self.before[name], "to": self.after[name]} for name in self.changed
            },
            "because": [
                {"rule": each.rule, "words": list(each.words), "effect": each.effect}
                for each in self.because
            ],
        }


def compare(identity: str, before: Classification, after: Classification) -> Change | None:
    """The difference between two decisions; None if there is none."""
    was, now = _decided(before), _decided(after)
    if was == now:
        return None
    return Change(id=identity, before=was, after=now, because=_because(before, after))


def _because(before: Classification, after: Classification) -> tuple[Evidence, ...]:
    """Rules that fired in only one of the two decisions, or with another weight or effect.

    A ticket stores only the rules with the most weight, so of the new decision only as many are
    compared (at least MOST_TOLD).
    """
    kept = len(before.evidence)
    told = {(each.rule, each.effect, each.weight) for each in before.evidence}
    tell = {(each.rule, each.effect, each.weight) for each in after.evidence}
    looked_at = after.evidence[: max(kept, MOST_TOLD)]
    new = [each for each in looked_at if (each.rule, each.effect, each.weight) not in told]
    gone = [each for each in before.evidence if (each.rule, each.effect, each.weight) not in tell]
    known = {each.rule for each in new}
    return (*new, *(each for each in gone if each.rule not in known))


def transitions(changes: Sequence[Change]) -> list[tuple[str, str | None, str | None, int]]:
    """Count (field, value before, value after), the most frequent first."""
    counts = Counter(
        (name, change.before[name], change.after[name])
        for change in changes
        for name in change.changed
    )
    ranked = sorted(counts.items(), key=lambda each: (-each[1], tuple(map(str, each[0]))))
    return [(*key, count) for key, count in ranked]
