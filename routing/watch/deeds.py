"""What people did on a ticket: changes that belong together, and how it stood around them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from routing.vocabulary import Priority, Stage

Value = str | bool | datetime | None
"""Of a field: an instant for `deadline`, a truth for `closed`, else words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Somebody changed a field of a ticket."""

    field: str
    """stage, closed, owner, priority, deadline, client or level."""
    before: Value
    after: Value
    who: str | None
    """A login; None where the desk does not tell."""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketFields:
    """A ticket as it stands at one instant, as far as people change it."""

    stage: str
    closed: bool = False
    owner: str | None = None
    priority: str = Priority.MEDIUM.value
    deadline: datetime | None = None
    client: str | None = None
    level: str | None = None

    @property
    def is_closed(self) -> bool:
        """Done or cancelled, whether or not its status says so already."""
        return Stage(self.stage).is_closed


@dataclass(frozen=True, kw_only=True, slots=True)
class JobSpec:
    """What one person did at one time."""

    who: str | None
    at: datetime
    before: TicketFields
    after: TicketFields
    changes: tuple[Change, ...]

    def of(self, field: str) -> Change | None:
        """The change of that field; None where it was left alone."""
        return next((each for each in reversed(self.changes) if each.field == field), None)


def deeds_of(changes: Sequence[Change], now: TicketFields) -> list[JobSpec]:
    """Changes in their order as deeds. `now`: how the ticket stands after all of them.

    What one person changed in one go (a form that was saved) is one deed.
    """
    held = before_all(changes, now)
    deeds: list[JobSpec] = []
    for some in _together(changes):
        after = replace(held, **_values(some))
        deed = JobSpec(
            who=some[0].who, at=some[0].at, before=held, after=after, changes=tuple(some)
        )
        deeds.append(deed)
        held = after
    return deeds


def before_all(changes: Iterable[Change], now: TicketFields) -> TicketFields:
    """How the ticket stood before the first of these changes."""
    first: dict[str, Value] = {}
    for change in changes:
        first.setdefault(change.field, change.before)
    return replace(now, **_typed(first))


def ended_at(deeds: Sequence[JobSpec]) -> datetime | None:
    """When the last of these deeds that ended the ticket was done; None where it is open after
    them, or was done or cancelled before."""
    if not deeds or not deeds[-1].after.is_closed:
        return None
    ends = [deed.at for deed in deeds if deed.after.is_closed and not deed.before.is_closed]
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
    """Whether two logins are one person's: capitals do not matter."""
    return one is not None and other is not None and one.casefold() == other.casefold()


def was_set(deadline: Value, promised: datetime | None) -> bool:
    """Whether somebody set that deadline: a desk shows the promised term where nobody did."""
    if not isinstance(deadline, datetime):
        return False
    return promised is None or abs((deadline - promised).total_seconds()) >= 1
