"""Measures how often a rule set is right on messages that people labelled."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from routing.disposition import Disposition, dispose
from routing.message import Message
from routing.rules.classification import Classification, Evidence, Surroundings
from routing.rules.rule import NO_TICKET
from routing.rules.ruleset import RuleSet
from routing.vocabulary import UNCLASSIFIED

FIELDS = ("request_type", "kind", "priority")


@dataclass(frozen=True, kw_only=True, slots=True)
class Labelled:
    """A message with the correct decision."""

    id: str
    message: Message
    request_type: str
    """An id of the SLA table, or `none`: no ticket."""
    kind: str
    priority: str

    def expected(self) -> Mapping[str, str]:
        """Field → correct value."""
        return {name: getattr(self, name) for name in FIELDS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Miss:
    """A message that the rules got wrong in at least one field."""

    labelled: Labelled
    predicted: Mapping[str, str]
    classification: Classification

    @property
    def wrong(self) -> tuple[str, ...]:
        """The fields that are wrong."""
        expected = self.labelled.expected()
        return tuple(name for name in FIELDS if self.predicted[name] != expected[name])

    def misleading(self) -> tuple[Evidence, ...]:
        """The rules that voted for the wrong values, with the most weight first."""
        for_wrong = {f"{name}={self.predicted[name]}" for name in self.wrong}
        if self.predicted["request_type"] == NO_TICKET and "request_type" in self.wrong:
            for_wrong.add("no_ticket")
        if self.predicted["request_type"] == UNCLASSIFIED and "request_type" in self.wrong:
            right = self.labelled.request_type
            for_wrong |= {
                f"request_type={each.request_type}"
                for each in self.classification.candidates
                if each.request_type != right
            }
        return tuple(
            each
            for each in self.classification.evidence
            if each.weight > 0 and for_wrong & set(each.effect.split(", "))
        )

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "id": self.labelled.id,
            "wrong": list(self.wrong),
            "expected": dict(self.labelled.expected()),
            "predicted": dict(self.predicted),
            "candidates": {
                each.request_type: each.score for each in self.classification.candidates
            },
            "misled_by": [
                {"rule": each.rule, "words": list(each.words), "weight": each.weight}
                for each in self.misleading()
            ],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """The result for a whole labelled file."""

    count: int
    accuracy: Mapping[str, float]
    """Field → share of correct decisions, 0 to 1; 1 for an empty file."""
    confusion: Mapping[str, Mapping[str, int]]
    """Correct request type → predicted request type → number of messages."""
    misses: tuple[Miss, ...]

    @property
    def lowest(self) -> float:
        """The accuracy of the weakest field."""
        return min(self.accuracy.values())

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "n": self.count,
            "accuracy": {name: round(value, 4) for name, value in self.accuracy.items()},
            "confusion": {right: dict(row) for right, row in self.confusion.items()},
            "misses": [miss.as_json() for miss in self.misses],
        }


def evaluate(
    rules: RuleSet, messages: Sequence[Labelled], surroundings: Surroundings
) -> Iterator[Miss | None]:
    """Classify the messages one by one; yields None for each that is completely right."""
    for labelled in messages:
        classification = rules.classify(labelled.message, surroundings)
        disposition = dispose(labelled.message, own_addresses=frozenset())
        predicted = predicted_of(classification, disposition)
        right = predicted == labelled.expected()
        yield (
            None
            if right
            else Miss(labelled=labelled, predicted=predicted, classification=classification)
        )


def predicted_of(
    classification: Classification, disposition: Disposition | None = None
) -> dict[str, str]:
    """A decision with the names that labelled files use.

    `disposition`: the decision by headers, which keeps automatic mail from opening a ticket.
    """
    opens = classification.opens_ticket and (disposition is None or disposition.opens_ticket)
    return {
        "request_type": (classification.request_type or UNCLASSIFIED) if opens else NO_TICKET,
        "kind": classification.kind.value,
        "priority": classification.priority.value,
    }


def score(messages: Sequence[Labelled], results: Sequence[Miss | None]) -> Score:
    """Summarise the results of `evaluate` for these messages."""
    misses = tuple(miss for miss in results if miss is not None)
    wrong = Counter(name for miss in misses for name in miss.wrong)
    confusion: dict[str, Counter[str]] = {}
    for labelled, miss in zip(messages, results, strict=True):
        predicted = miss.predicted["request_type"] if miss else labelled.request_type
        confusion.setdefault(labelled.request_type, Counter())[predicted] += 1
    count = len(messages)
    return Score(
        count=count,
        accuracy={name: 1 - wrong[name] / count if count else 1.0 for name in FIELDS},
        confusion={right: confusion[right] for right in sorted(confusion)},
        misses=misses,
    )
