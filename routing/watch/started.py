"""Checks that work starts after triage and scheduling, and by the owner.

Procedure: "Em andamento".
"""

from dataclasses import dataclass
from datetime import datetime

from routing.vocabulary import Stage
from routing.watch.change_sets import ChangeSet, same_person, was_set


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyStart:
    """A violation of that rule. At least one of `unscheduled` and `by_other` is true."""

    unscheduled: bool
    by_other: bool
    who: str | None
    owner: str | None


def early_start(change_set: ChangeSet, *, promised: datetime | None) -> EarlyStart | None:
    """The violation in a change set; None if it does not start work, or starts it correctly.

    `promised`: the resolution's due time. A deadline equal to it was not set by a person.
    """
    change = change_set.of("stage")
    if change is None or change.after != Stage.IN_PROGRESS.value or change_set.before.is_closed:
        return None
    scheduled = change_set.before.stage != Stage.NEW.value or was_set(
        change_set.after.deadline, promised
    )
    by_other = change_set.who is not None and not same_person(
        change_set.who, change_set.after.owner
    )
    if scheduled and not by_other:
        return None
    return EarlyStart(
        unscheduled=not scheduled,
        by_other=by_other,
        who=change_set.who,
        owner=change_set.after.owner,
    )
