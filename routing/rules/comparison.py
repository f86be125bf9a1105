"""What would have been decided otherwise by other rules."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.rules.classification import Classification, Evidence
from routing.rules.evaluation import predicted_of

MOST_TOLD = 60
"""Rules of a decision that are compared where the other one kept few or none."""


def _decided(classification: Classification) -> dict[str, str | None]:
    return {
        **predicted_of(classification),
        "service": classification.service,
        "level": classification.level,
        "owner": classification.owner,
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A stored message of which the other rules think otherwise."""

    id: str
    before: Mapping[str, str | None]
    after: Mapping[str, str | None]
    because: tuple[Evidence, ...]
    """The rules that fire now and did not, or stopped firing, heaviest first."""

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields that differ."""
        return tuple(name for name in self.before if self.before[name] != self.after[name])

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
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
    """None where both decide alike."""
    was, now = _decided(before), _decided(after)
    if was == now:
        return None
    return Change(id=identity, before=was, after=now, because=_because(before, after))


def _because(before: Classification, after: Classification) -> tuple[Evidence, ...]:
    """Rules that fired in one of the two only, or with another weight or effect.

    A ticket keeps the heaviest only: of the other side as many are looked at.
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
    """How often each field went from what to what, most often first."""
    counts = Counter(
        (name, change.before[name], change.after[name])
        for change in changes
        for name in change.changed
    )
    ranked = sorted(counts.items(), key=lambda each: (-each[1], tuple(map(str, each[0]))))
    return [(*key, count) for key, count in ranked]
