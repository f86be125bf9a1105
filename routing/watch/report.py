"""A month's promises: how many were kept, of first responses and of resolutions.

Every ticket gets one verdict for each promise, and is counted once under its request type, once
under its level, and once in the total.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    """How a promise stands."""

    KEPT = "kept"
    LATE = "late"
    """Done, after its time."""
    OVERDUE = "overdue"
    """Not done, and its time is over."""
    RUNNING = "running"
    UNTIMED = "untimed"
    """Nothing was promised by a time (procedure: até resolução)."""
    CANCELLED = "cancelled"
    """Nothing is owed any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promised:
    """A ticket as far as its promises go. One that was opened again is judged by its last time."""

    request_type: str
    level: str
    first_response_due: datetime
    resolution_due: datetime | None
    answered_at: datetime | None
    """The first word to the client, by whomever: mostly the automatic acknowledgement."""
    answered_by_person_at: datetime | None
    """The first that a person wrote."""
    ended_at: datetime | None
    """When it was done or cancelled; None while it is open."""
    cancelled: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """Tickets by how one promise stands with them."""

    kept: int = 0
    late: int = 0
    overdue: int = 0
    running: int = 0
    untimed: int = 0
    cancelled: int = 0

    @property
    def received(self) -> int:
        """All of them."""
        return self.judged + self.running + self.untimed + self.cancelled

    @property
    def judged(self) -> int:
        """Those of which it is known whether the promise was kept."""
        return self.kept + self.late + self.overdue

    @property
    def share(self) -> float | None:
        """The part of those judged that was kept, 0 to 1; None where none is judged."""
        return self.kept / self.judged if self.judged else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Promises:
    """The tallies of one group of tickets."""

    first_response: Tally = Tally()
    by_person: Tally = Tally()
    """As if a person's word alone were a first response, by the same time."""
    resolution: Tally = Tally()

    @property
    def received(self) -> int:
        """Tickets of the group."""
        return self.first_response.received


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """By request type, by level, and all together. Groups without tickets are left out."""

    types: Mapping[str, Promises]
    levels: Mapping[str, Promises]
    total: Promises


def report(tickets: Iterable[Promised], *, now: datetime) -> Report:
    """What became of the promises by `now`."""
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
    """Whether the client had a word in time."""
    return _answer(ticket, ticket.answered_at, now)


def by_person(ticket: Promised, now: datetime) -> Verdict:
    """Whether the client had a person's word in time."""
    return _answer(ticket, ticket.answered_by_person_at, now)


def resolution(ticket: Promised, now: datetime) -> Verdict:
    """Whether it was done in time. What has no term, and what was cancelled, is not judged."""
    if ticket.ended_at is not None and ticket.cancelled:
        return Verdict.CANCELLED
    if ticket.resolution_due is None:
        return Verdict.UNTIMED
    return _verdict(ticket.resolution_due, ticket.ended_at, now)


def _answer(ticket: Promised, answered_at: datetime | None, now: datetime) -> Verdict:
    due, ended = ticket.first_response_due, ticket.ended_at
    # Cancelled before anybody owed a word.
    if answered_at is None and ticket.cancelled and ended is not None and ended < due:
        return Verdict.CANCELLED
    return _verdict(due, answered_at, now)


def _verdict(due: datetime, done_at: datetime | None, now: datetime) -> Verdict:
    """Done at the very instant is in time; not done by then is overdue, as in the digest."""
    if done_at is not None:
        return Verdict.KEPT if done_at <= due else Verdict.LATE
    return Verdict.OVERDUE if due <= now else Verdict.RUNNING


@dataclass(frozen=True, kw_only=True, slots=True)
class _Counted:
    """What a ticket is counted by."""

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
