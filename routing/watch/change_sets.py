"""Change sets: what one person changed on a ticket at once, and its fields before and after."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from routing.vocabulary import Priority, Stage

Value = str | bool | datetime | None
"""A field's value: a datetime for `deadline`, a bool for `closed`, else a string; None if unset."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change of one field of a ticket."""

    field: str
    """`stage`, `closed`, `owner`, `priority`, `deadline`, `client` or `level`."""
    before: Value
    after: Value
    who: str | None
    """A login; None if the desk does not say."""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketFields:
    """The fields of a ticket that people change, at one instant."""

    stage: str
    closed: bool = False
    owner: str | None = None
    priority: str = Priority.MEDIUM.value
    deadline: datetime | None = None
    client: str | None = None
    level: str | None = None

    @property
    def is_closed(self) -> bool:
        """Whether the stage is done or cancelled, even if the desk's status is not closed yet."""
        return Stage(self.stage).is_closed


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeSet:
    """A change set: what one person changed at one time, and the fields before and after."""

    who: str | None
    at: datetime
    before: TicketFields
    after: TicketFields
    changes: tuple[Change, ...]

    def of(self, field: str) -> Change | None:
        """The last change of that field in the set; None if it was not changed."""
        return next((each for each in reversed(self.changes) if each.field == field), None)


def deeds_of(changes: Sequence[Change], now: TicketFields) -> list[ChangeSet]:
    """Group changes, given in order, into change sets.

    What one person changed at the same instant (by saving a form) is one change set. `now`: the
    fields after all changes.
    """
    held = before_all(changes, now)
    change_sets: list[ChangeSet] = []
    for some in _together(changes):
        after = replace(held, **_values(some))
        change_set = ChangeSet(
            who=some[0].who, at=some[0].at, before=held, after=after, changes=tuple(some)
        )
        change_sets.append(change_set)
        held = after
    return change_sets


def before_all(changes: Iterable[Change], now: TicketFields) -> TicketFields:
    """The fields before the first of these changes. `now`: the fields after all of them."""
    first: dict[str, Value] = {}
    for change in changes:
        first.setdefault(change.field, change.before)
    return replace(now, **_typed(first))


def ended_at(change_sets: Sequence[ChangeSet]) -> datetime | None:
    """When the last of these change sets that ended the ticket was made.

    None if the ticket is open after them, or if none of them ended it.
    """
    if not change_sets or not change_sets[-1].after.is_closed:
        return None
    ends = [
        change_set.at
        for change_set in change_sets
        if change_set.after.is_closed and not change_set.before.is_closed
    ]
    return ends[-1] if ends else None


def _together(changes: Iterable[Change]) -> list[list[Change]]:
    found: list[list[Change]] = []
    for change in changes:
        last = found[-1][-1] if found else None
        if last is not None and (last.who, last.at) == (change.who, change.at):
            found[-1].append(change)
        else:
            found.append([change])
    return found


def _values(changes: Iterable[Change]) -> dict[str, Any]:
    return _typed({change.field: change.after for change in changes})


def _typed(values: Mapping[str, Value]) -> dict[str, Any]:
    return {name: bool(each) if name == "closed" else each for name, each in values.items()}


def same_person(one: str | None, other: str | None) -> bool:
    """Whether two logins are the same person's, without regard to case."""
    return one is not None and other is not None and one.casefold() == other.casefold()


def was_set(deadline: Value, promised: datetime | None) -> bool:
    """Whether a person set that deadline: if nobody did, desks show the promised due time."""
    if not isinstance(deadline, datetime):
        return False
    return promised is None or abs((deadline - promised).total_seconds()) >= 1
