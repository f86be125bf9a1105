"""What each level looks at in the morning: the open tickets, by what they need.

A ticket stands in one section of what is owed, the gravest; beside that, it may be among those that
have stood still longest, or wait for its client.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.calendar import BusinessCalendar
from routing.vocabulary import Stage
from routing.watch.state import TicketState


class Topic(StrEnum):
    """A section of the digest, in the order in which it is read."""

    OVERDUE = "overdue"
    """The date or the term is over."""
    DUE_TODAY = "due-today"
    NEW = "new"
    """Nobody has triaged it: new, and its owner has done nothing on it."""
    UNSCHEDULED = "unscheduled"
    """Seen, but without a date or still new."""
    STOPPED = "stopped"
    """Those on which nothing has happened for longest."""
    WAITING = "waiting"
    """The client has to answer first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestTicket:
    """An open ticket, and who moved it last."""

    state: TicketState
    touched_at: datetime
    """When anybody, client or desk, did something on it last."""
    asked_at: datetime | None = None
    """When the desk wrote to the client last, asking for what is missing or by hand."""
    client_wrote_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether the last word to the client was the desk's."""
        if self.asked_at is None:
            return False
        return self.client_wrote_at is None or self.asked_at > self.client_wrote_at


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A ticket in a section, and since or until when."""

    ticket: DigestTicket
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Tickets of one topic, the most pressing first. `total` counts those left out as well."""

    topic: Topic
    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestPolicy:
    """What the firm has set ([watch.digest])."""

    stopped_after: timedelta = timedelta(hours=18)
    """Of open time: two days of nine hours."""
    most: int = 15
    """Lines in one section."""


def digest(
    tickets: Iterable[DigestTicket],
    *,
    now: datetime,
    calendar: BusinessCalendar,
    policy: DigestPolicy,
) -> tuple[Section, ...]:
    """The sections that are not empty, in their order. Closed tickets are left out."""
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
    """What one level looks at: its own; the first and the last level see to all of them.

    The first also has those of levels that there are no longer.
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
