"""Only its owner changes a ticket's client, deadline and priority (procedure: "apenas ele").

What N0 does in triage is no violation, and neither is what the owner of before or after the same
deed does: who hands a ticket over, and who takes it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from routing.vocabulary import Stage
from routing.watch.deeds import Change, JobSpec, same_person, was_set

GUARDED = ("client", "deadline", "priority")


class Guard(StrEnum):
    """What follows when somebody else changes a guarded field."""

    NOTE = "note"
    REVERT = "revert"
    OFF = "off"


class Answer(StrEnum):
    """What is done about one such change."""

    NOTE = "note"
    REVERT = "revert"
    CONFLICT = "conflict"
    """It was put back once and changed again: people must talk, Coordenação is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """Somebody else than the owner changed a guarded field."""

    change: Change
    owner: str
    answer: Answer


def violations(
    deed: JobSpec,
    *,
    guards: Mapping[str, Guard],
    first_level: Collection[str],
    reverted: Collection[str],
    promised: datetime | None = None,
) -> list[Violation]:
    """What in a deed is against the rule, and what is done about it.

    `first_level`: the logins of N0. `reverted`: fields of this ticket that were put back already;
    a second time is never fought over. `promised`: the resolution's due time, which a desk takes
    for the first deadline where nobody sets another.
    """
    owner = deed.before.owner
    if owner is None or deed.before.is_closed or _may(deed, first_level):
        return []
    found = []
    for field in GUARDED:
        change, guard = deed.of(field), guards.get(field, Guard.NOTE)
        if change is None or guard is Guard.OFF or _comes_by_itself(change, promised):
            continue
        answer = Answer.NOTE
        if guard is Guard.REVERT and _can_go_back(change):
            answer = Answer.CONFLICT if field in reverted else Answer.REVERT
        found.append(Violation(change=change, owner=owner, answer=answer))
    return found


def _may(deed: JobSpec, first_level: Collection[str]) -> bool:
    in_triage = deed.before.stage == Stage.NEW.value
    if deed.who is None:
        # Not known: in triage it is most likely N0's.
        return in_triage
    if same_person(deed.who, deed.before.owner) or same_person(deed.who, deed.after.owner):
        return True
    return in_triage and deed.who.casefold() in {each.casefold() for each in first_level}


def _comes_by_itself(change: Change, promised: datetime | None) -> bool:
    """Naming a client where there was none takes nothing from anybody, and a deadline that is no
    more than the promised term was set by nobody."""
    if change.before:
        return False
    return change.field == "client" or (
        change.field == "deadline" and not was_set(change.after, promised)
    )


def _can_go_back(change: Change) -> bool:
    """Without a value of before there is nothing to put back to."""
    return change.before is not None
