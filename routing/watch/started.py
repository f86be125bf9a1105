"""Work starts after triage and scheduling, and by the owner (procedure: "Em andamento")."""

from dataclasses import dataclass
from datetime import datetime

from routing.vocabulary import Stage
from routing.watch.deeds import JobSpec, same_person, was_set


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyStart:
    """Work began as it should not. At least one of the two is true."""

    unscheduled: bool
    by_other: bool
    who: str | None
    owner: str | None


def early_start(deed: JobSpec, *, promised: datetime | None) -> EarlyStart | None:
    """None where the deed starts no work, or starts it well.

    `promised`: the resolution's due time. A deadline that is no more than that was set by nobody.
    """
    change = deed.of("stage")
    if change is None or change.after != Stage.IN_PROGRESS.value or deed.before.is_closed:
        return None
    scheduled = deed.before.stage != Stage.NEW.value or was_set(deed.after.deadline, promised)
    by_other = deed.who is not None and not same_person(deed.who, deed.after.owner)
    if scheduled and not by_other:
        return None
    return EarlyStart(
        unscheduled=not scheduled, by_other=by_other, who=deed.who, owner=deed.after.owner
    )
