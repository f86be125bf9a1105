"""The digest: the open tickets that each level sees in the morning, by what they need.

A ticket is in at most one of the sections OVERDUE to UNSCHEDULED, the most serious that applies. It
may also be in STOPPED or WAITING.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.calendar import BusinessCalendar
from routing.vocabulary import Stage
from routing.watch.state import TicketState


class Topic(StrEnum):
    """A section of the digest, in reading order."""

    OVERDUE = "overdue"
    """The deadline, or else the resolution's due time, has passed."""
    DUE_TODAY = "due-today"
    NEW = "new"
    """Not triaged: new, and its owner has done nothing on it."""
    UNSCHEDULED = "unscheduled"
    """Its owner has seen it, but it has no deadline or is still new."""
    STOPPED = "stopped"
    """Nothing has happened on it for long (`DigestPolicy.stopped_after`)."""
    WAITING = "waiting"
    """Waiting for the client's answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestTicket:
    """A ticket, and when desk and client last did something on it."""

    state: TicketState
    touched_at: datetime
    """When the client or the desk last did something on it."""
    asked_at: datetime | None = None
    """When the desk last wrote to the client, to ask for missing data or by hand."""
    client_wrote_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether the desk wrote last, so that the client has to answer."""
        if self.asked_at is None:
            return False
        return self.client_wrote_at is None or self.asked_at > self.client_wrote_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A ticket in a section, and the instant by which the section is sorted."""

    ticket: DigestTicket
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Tickets of one topic, the most urgent first. `total` also counts tickets left out."""

    topic: Topic
    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestPolicy:
    """The firm's settings for the digest ([watch.digest])."""

    stopped_after: timedelta = timedelta(hours=18)
    """Business time after which a ticket counts as stopped: two days of nine hours."""
    most: int = 15
    """The most lines in one section."""


def digest(
    tickets: Iterable[DigestTicket],
    *,
    now: datetime,
    calendar: BusinessCalendar,
    policy: DigestPolicy,
) -> tuple[Section, ...]:
    """The sections that are not empty, in reading order. Closed tickets are left out."""
    found: dict[Topic, list[Line]] = {topic: [] for topic in Topic}
    for ticket in tickets:
        if ticket.state.is_closed:
            continue
        for topic in _topics(ticket, now, calendar, policy):
            found[topic].append(Line(ticket=ticket, at=_AT[topic](ticket)))
    return tuple(
        Section(
            topic=topic,
            lines=tuple(sorted(lines, key=lambda each: each.at)[: policy.most]),
            total=len(lines),
        )
        for topic, lines in found.items()
        if lines
    )


def for_level(
    tickets: Iterable[DigestTicket], level: str, levels: Sequence[str]
) -> list[DigestTicket]:
    """The tickets that one level sees: its own; for the first and the last level, all of them.

    So tickets on levels that no longer exist are still seen.
    """
    if level in (levels[0], levels[-1]):
        return list(tickets)
    return [each for each in tickets if each.state.level == level]


def _topics(
    ticket: DigestTicket, now: datetime, calendar: BusinessCalendar, policy: DigestPolicy
) -> list[Topic]:
    topics = []
    owed = _owed(ticket.state, now, calendar)
    if owed is not None:
        topics.append(owed)
    if ticket.waits:
        topics.append(Topic.WAITING)
    elif calendar.measure(ticket.touched_at, max(now, ticket.touched_at)) >= policy.stopped_after:
        topics.append(Topic.STOPPED)
    return topics


def _owed(state: TicketState, now: datetime, calendar: BusinessCalendar) -> Topic | None:
    until = state.promised_until
    if until is not None and until <= now:
        return Topic.OVERDUE
    if until is not None and _day(until, calendar) == _day(now, calendar):
        return Topic.DUE_TODAY
    if state.stage is Stage.NEW and state.seen_at is None:
        return Topic.NEW
    return None if state.is_scheduled else Topic.UNSCHEDULED


def _day(at: datetime, calendar: BusinessCalendar) -> object:
    return at.astimezone(calendar.zone).date()


def _promised(ticket: DigestTicket) -> datetime:
    return ticket.state.promised_until or ticket.state.received_at


_AT: dict[Topic, Callable[[DigestTicket], datetime]] = {
    Topic.OVERDUE: _promised,
    Topic.DUE_TODAY: _promised,
    Topic.NEW: lambda ticket: ticket.state.started_at,
    Topic.UNSCHEDULED: lambda ticket: ticket.state.owned_since,
    Topic.STOPPED: lambda ticket: ticket.touched_at,
    Topic.WAITING: lambda ticket: ticket.asked_at or ticket.touched_at,
}
