"""The monthly report: how many promises of first response and resolution were kept.

Every ticket gets one verdict for each promise, and counts once under its request type, once under
its level, and once in the total.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """The state of a promise."""

    KEPT = "kept"
    LATE = "late"
    """Done after its due time."""
    OVERDUE = "overdue"
    """Not done, and its due time has passed."""
    RUNNING = "running"
    UNTIMED = "untimed"
    """No due time was promised (procedure: até resolução)."""
    CANCELLED = "cancelled"
    """The ticket was cancelled: nothing is owed any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promised:
    """A ticket's promises and when they were kept; for a reopened ticket, those of its last
    time."""

    request_type: str
    level: str
    first_response_due: datetime
    resolution_due: datetime | None
    answered_at: datetime | None
    """When the client got the first message, mostly the automatic acknowledgement."""
    answered_by_person_at: datetime | None
    """When the client got the first message that a person wrote."""
    ended_at: datetime | None
    """When the ticket was done or cancelled; None while it is open."""
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """The number of tickets for each verdict on one promise."""

    kept: int = 0
    late: int = 0
    overdue: int = 0
    running: int = 0
    untimed: int = 0
    cancelled: int = 0

    @property
    def received(self) -> int:
        """All tickets."""
        return self.judged + self.running + self.untimed + self.cancelled

    @property
    def judged(self) -> int:
        """Tickets of which it is known whether the promise was kept."""
        return self.kept + self.late + self.overdue

    @property
    def share(self) -> float | None:
        """The share of judged tickets whose promise was kept, 0 to 1; None if none is judged."""
        return self.kept / self.judged if self.judged else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Promises:
    """The counts for one group of tickets, by promise."""

    first_response: Tally = Tally()
    by_person: Tally = Tally()
    """The first response, if only a message by a person counted as one."""
    resolution: Tally = Tally()

    @property
    def received(self) -> int:
        """The number of tickets in the group."""
        return self.first_response.received


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """Promises by request type, by level and in total. Groups without tickets are left out."""

    types: Mapping[str, Promises]
    levels: Mapping[str, Promises]
    total: Promises


def report(tickets: Iterable[Promised], *, now: datetime) -> Report:
    """Count the promises as they are at `now`."""
    counted = Counter(
        _Counted(
            request_type=each.request_type,
            level=each.level,
            first_response=first_response(each, now),
            by_person=by_person(each, now),
            resolution=resolution(each, now),
        )
        for each in tickets
    )
    return Report(
        types={
            name: _promises({each: n for each, n in counted.items() if each.request_type == name})
            for name in dict.fromkeys(each.request_type for each in counted)
        },
        levels={
            name: _promises({each: n for each, n in counted.items() if each.level == name})
            for name in dict.fromkeys(each.level for each in counted)
        },
        total=_promises(counted),
    )


def first_response(ticket: Promised, now: datetime) -> Verdict:
    """Whether the client got a message in time."""
    return _answer(ticket, ticket.answered_at, now)


def by_person(ticket: Promised, now: datetime) -> Verdict:
    """Whether the client got a message by a person in time."""
    return _answer(ticket, ticket.answered_by_person_at, now)


def resolution(ticket: Promised, now: datetime) -> Verdict:
    """Whether the ticket was done in time. It is not judged if cancelled or without a term."""
    if ticket.ended_at is not None and ticket.cancelled:
        return Verdict.CANCELLED
    if ticket.resolution_due is None:
        return Verdict.UNTIMED
    return _verdict(ticket.resolution_due, ticket.ended_at, now)


def _answer(ticket: Promised, answered_at: datetime | None, now: datetime) -> Verdict:
    due, ended = ticket.first_response_due, ticket.ended_at
    # Cancelled before the first response was due.
    if answered_at is None and ticket.cancelled and ended is not None and ended < due:
        return Verdict.CANCELLED
    return _verdict(due, answered_at, now)


def _verdict(due: datetime, done_at: datetime | None, now: datetime) -> Verdict:
    """Done exactly at the due time is in time. Not done by then is overdue, as in the digest."""
    if done_at is not None:
        return Verdict.KEPT if done_at <= due else Verdict.LATE
    return Verdict.OVERDUE if due <= now else Verdict.RUNNING


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counted:
    """The values by which a ticket is counted."""

    request_type: str
    level: str
    first_response: Verdict
    by_person: Verdict
    resolution: Verdict


def _promises(counted: Mapping[_Counted, int]) -> Promises:
    found: dict[str, Counter[str]] = {
        "first_response": Counter(),
        "by_person": Counter(),
        "resolution": Counter(),
    }
    for each, tickets in counted.items():
        for promise, tally in found.items():
            tally[getattr(each, promise).value] += tickets
    return Promises(**{promise: Tally(**tally) for promise, tally in found.items()})
