"""The month's report for other programs: JSON and CSV."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from intake.cli.report_groups import Group
from routing.watch.report import Promises, Tally

_ANSWERS = ("kept", "late", "overdue", "running", "cancelled", "judged", "share")
PROMISES: Mapping[str, Sequence[str]] = {
    "first_response": _ANSWERS,
    "by_person": _ANSWERS,
    "resolution": ("kept", "late", "overdue", "running", "untimed", "cancelled", "judged", "share"),
}
"""Promise → the numbers of its tally, in order."""
HEADINGS = (
    "group",
    "id",
    "label",
    "received",
    *(f"{promise}_{name}" for promise, names in PROMISES.items() for name in names),
)
DIGITS = 4
"""Decimal places of a share."""


def as_rows(
    types: Sequence[Group], levels: Sequence[Group], total: Promises
) -> Iterator[list[object]]:
    """One row for each type, for each level, and for all tickets."""
    everything = (Group(id="", label="", promises=total),)
    for name, groups in (("type", types), ("level", levels), ("total", everything)):
        for each in groups:
            numbers = (
                number
                for promise in PROMISES
                for number in _numbers(each.promises, promise).values()
            )
            yield [name, each.id, each.label, each.promises.received, *numbers]


def as_objects(groups: Sequence[Group]) -> list[dict[str, Any]]:
    """One object for each group."""
    return [{"id": each.id, "label": each.label, **as_object(each.promises)} for each in groups]


def as_object(promises: Promises) -> dict[str, Any]:
    """The promises' numbers by name."""
    found = {promise: _numbers(promises, promise) for promise in PROMISES}
    return {"received": promises.received, **found}


def _numbers(promises: Promises, promise: str) -> dict[str, float | None]:
    tally: Tally = getattr(promises, promise)
    return {name: _rounded(getattr(tally, name)) for name in PROMISES[promise]}


def _rounded(number: float | None) -> float | None:
    return round(number, DIGITS) if isinstance(number, float) else number
