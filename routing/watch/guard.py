"""Ownership rule: only the owner changes a ticket's client, deadline and priority.

The procedure says "apenas ele". Changes by N0 in triage are no violation. Neither are changes by
the owner before or after the same change set: somebody who hands a ticket over or takes it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from routing.vocabulary import Stage
from routing.watch.change_sets import Change, ChangeSet, same_person, was_set

GUARDED = ("client", "deadline", "priority")


class Guard(StrEnum):
    """The setting for a field: what to do if somebody else changes it."""

    NOTE = "note"
    REVERT = "revert"
    OFF = "off"


class Answer(StrEnum):
    """What is done about one violation."""

    NOTE = "note"
    REVERT = "revert"
    CONFLICT = "conflict"
    """It was reverted once and changed again: people must talk, and Coordenação is notified."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """A change of a guarded field by somebody other than the owner."""

    change: Change
    owner: str
    answer: Answer


def violations(
    change_set: ChangeSet,
    *,
    guards: Mapping[str, Guard],
    first_level: Collection[str],
    reverted: Collection[str],
    promised: datetime | None = None,
) -> list[Violation]:
    """The changes in a change set that violate the rule, and what is done about each.

    `first_level`: the logins of N0. `reverted`: fields of this ticket that were reverted before; a
    field is never reverted twice. `promised`: the resolution's due time, which desks show as the
    deadline until somebody sets one.
    """
    owner = change_set.before.owner
    if owner is None or change_set.before.is_closed or _may(change_set, first_level):
        return []
    found = []
    for field in GUARDED:
        change, guard = change_set.of(field), guards.get(field, Guard.NOTE)
        if change is None or guard is Guard.OFF or _comes_by_itself(change, promised):
            continue
        answer = Answer.NOTE
        if guard is Guard.REVERT and _can_go_back(change):
            answer = Answer.CONFLICT if field in reverted else Answer.REVERT
        found.append(Violation(change=change, owner=owner, answer=answer))
    return found


def _may(change_set: ChangeSet, first_level: Collection[str]) -> bool:
    in_triage = change_set.before.stage == Stage.NEW.value
    if change_set.who is None:
        # The person is not known; in triage it is most likely somebody of N0.
        return in_triage
    if same_person(change_set.who, change_set.before.owner) or same_person(
        change_set.who, change_set.after.owner
    ):
        return True
    return in_triage and change_set.who.casefold() in {each.casefold() for each in first_level}


def _comes_by_itself(change: Change, promised: datetime | None) -> bool:
    """Whether a change only names the first client, or sets the promised time as first deadline."""
    if change.before:
        return False
    return change.field == "client" or (
        change.field == "deadline" and not was_set(change.after, promised)
    )


def _can_go_back(change: Change) -> bool:
    """Whether there is a former value to revert to."""
    return change.before is not None
