"""The table of alarms: when people are notified, before or after a promise is broken.

Every alarm is about one instant (`about`): the assignment, the due time, the deadline. It fires
once for that instant, and again only if the instant changes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from routing.calendar import BusinessCalendar, CalendarNeverOpen
from routing.sla import BusinessDays, BusinessTime
from routing.vocabulary import Priority
from routing.watch.state import TicketState

TWO_HOURS = BusinessTime(timedelta(hours=2))
NINE_HOURS = BusinessTime(timedelta(hours=9))


class AlarmKind(StrEnum):
    """What an alarm is about, the most serious first."""

    RESOLUTION_BREACH = "resolution-breach"
    DEADLINE_BREACH = "deadline-breach"
    FIRST_RESPONSE = "first-response"
    URGENT = "urgent"
    UNSCHEDULED = "unscheduled"
    RESOLUTION_NEAR = "resolution-near"
    DEADLINE_NEAR = "deadline-near"
    REMINDER = "reminder"


OF_OWN_DATE = frozenset((AlarmKind.DEADLINE_BREACH, AlarmKind.DEADLINE_NEAR))
"""Alarms about the deadline that the owner set, whatever else was promised."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmPolicy:
    """The firm's settings for alarms ([watch])."""

    schedule_within: BusinessTime | BusinessDays = TWO_HOURS
    """The term for scheduling, counted from the assignment (procedure: "no máximo 2h")."""
    again_after: BusinessTime | BusinessDays | None = NINE_HOURS
    """The term after which UNSCHEDULED fires again, if the owner has not even seen the ticket."""
    warn_at: float = 0.2
    """The share of a term (0 to 1) that is left when the owner is warned."""
    escalate_breach: bool = False
    off: frozenset[AlarmKind] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """An alarm that fires at `due_at`, within business hours."""

    ticket_id: int
    kind: AlarmKind
    about: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class _Clock:
    """The calendar and settings by which alarms are computed."""

    calendar: BusinessCalendar
    policy: AlarmPolicy


_Rings = tuple[datetime, datetime]
"""What an alarm is about, and when it fires."""


def alarms_of(
    state: TicketState, calendar: BusinessCalendar, policy: AlarmPolicy
) -> tuple[Alarm, ...]:
    """All alarms of a ticket in its present state; none once it is done or cancelled.

    A ticket that was imported silently has only the alarms about the owner's own deadline: nothing
    was promised to its client. Alarms that have fired already are included: the caller recognises
    them by `kind` and `about`.
    """
    if state.is_closed:
        return ()
    return tuple(_alarms(state, _Clock(calendar, policy)))


def still_holds(
    alarm: Alarm, state: TicketState, calendar: BusinessCalendar, policy: AlarmPolicy
) -> bool:
    """Whether the alarm still applies to the ticket in its present state."""
    return any(
        (each.kind, each.about, each.due_at) == (alarm.kind, alarm.about, alarm.due_at)
        for each in alarms_of(state, calendar, policy)
    )


def _alarms(state: TicketState, clock: _Clock) -> Iterator[Alarm]:
    for kind, rings in ALARMS.items():
        if kind in clock.policy.off or (state.imported_silently and kind not in OF_OWN_DATE):
            continue
        try:
            found = rings(state, clock)
            at = None if found is None else clock.calendar.next_opening(found[1])
        except CalendarNeverOpen:
            # A desk that never opens has no alarms.
            continue
        if found is not None and at is not None:
            yield Alarm(ticket_id=state.id, kind=kind, about=found[0], due_at=at)


def _urgent(state: TicketState, clock: _Clock) -> _Rings | None:
    """The new owner of a ticket with high priority is notified at once."""
    since = state.owned_since
    return (since, since) if state.priority is Priority.HIGH else None


def _unscheduled(state: TicketState, clock: _Clock) -> _Rings | None:
    """The ticket is not scheduled within the term for scheduling."""
    if state.is_scheduled:
        return None
    since, told = state.owned_since, state.fired_at.get(AlarmKind.UNSCHEDULED)
    if told is None or told < since:
        return since, clock.policy.schedule_within.due(since, clock.calendar)
    again = clock.policy.again_after
    seen = state.seen_at is not None and state.seen_at >= since
    return None if again is None or seen else (told, again.due(told, clock.calendar))


def _first_response(state: TicketState, clock: _Clock) -> _Rings | None:
    """The client has no acknowledgement by the first response's due time."""
    due = state.first_response_due
    answered = state.acknowledged_at is not None and state.acknowledged_at >= (
        state.reopened_at or state.acknowledged_at
    )
    return None if answered else (due, due)


def _resolution_near(state: TicketState, clock: _Clock) -> _Rings | None:
    """Most of the time until the resolution's due time is used up."""
    return _near(state.started_at, state.resolution_due, clock)


def _resolution_breach(state: TicketState, clock: _Clock) -> _Rings | None:
    """The resolution is overdue."""
    due = state.resolution_due
    return None if due is None else (due, due)


def _deadline_near(state: TicketState, clock: _Clock) -> _Rings | None:
    """Most of the time until the owner's own deadline is used up."""
    since = state.deadline_set_at or state.owned_since
    return _near(since, state.own_date, clock)


def _deadline_breach(state: TicketState, clock: _Clock) -> _Rings | None:
    """The owner's own deadline, which the client expects, has passed."""
    due = state.own_date
    return None if due is None else (due, due)


def _reminder(state: TicketState, clock: _Clock) -> _Rings | None:
    """A ticket without a term is repeated every business day, at opening."""
    if state.resolution_due is not None:
        return None
    last = state.fired_at.get(AlarmKind.REMINDER)
    since = state.owned_since if last is None else max(state.owned_since, last)
    at = _next_days_opening(since, clock.calendar)
    return at, at


ALARMS: Mapping[AlarmKind, Callable[[TicketState, _Clock], _Rings | None]] = {
    AlarmKind.RESOLUTION_BREACH: _resolution_breach,
    AlarmKind.DEADLINE_BREACH: _deadline_breach,
    AlarmKind.FIRST_RESPONSE: _first_response,
    AlarmKind.URGENT: _urgent,
    AlarmKind.UNSCHEDULED: _unscheduled,
    AlarmKind.RESOLUTION_NEAR: _resolution_near,
    AlarmKind.DEADLINE_NEAR: _deadline_near,
    AlarmKind.REMINDER: _reminder,
}
"""Kind → function that gives what it is about and when it fires, or None if it does not apply."""


def _near(since: datetime, due: datetime | None, clock: _Clock) -> _Rings | None:
    if due is None or due <= since:
        return None
    whole = clock.calendar.measure(since, due)
    used = whole * (1 - clock.policy.warn_at)
    at = clock.calendar.add(since, used)
    # A warning that would fire no earlier than the breach adds nothing.
    return (due, at) if clock.calendar.next_opening(at) < due else None


def _next_days_opening(since: datetime, calendar: BusinessCalendar) -> datetime:
    """The first opening of a business day after the day of `since`."""
    today = since.astimezone(calendar.zone).date()
    days: Iterator[date] = iter(calendar.business_days(since, 1))
    day = next(each for each in days if each > today)
    return calendar.next_opening(min(span.opens for span in calendar.on(day)))
