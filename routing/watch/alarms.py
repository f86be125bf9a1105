"""When somebody is told, before or after a promise is broken: a table of alarms.

Every alarm is about one instant (`about`): the assignment, the term, the date. So it rings once for
it, and again only where that instant is another one.
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
    """What an alarm is about, the gravest first."""

    RESOLUTION_BREACH = "resolution-breach"
    DEADLINE_BREACH = "deadline-breach"
    FIRST_RESPONSE = "first-response"
    URGENT = "urgent"
    UNSCHEDULED = "unscheduled"
    RESOLUTION_NEAR = "resolution-near"
    DEADLINE_NEAR = "deadline-near"
    REMINDER = "reminder"


OF_OWN_DATE = frozenset((AlarmKind.DEADLINE_BREACH, AlarmKind.DEADLINE_NEAR))
"""About the date that the owner set, whatever else was promised."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmPolicy:
    """What the firm has set ([watch])."""

    schedule_within: BusinessTime | BusinessDays = TWO_HOURS
    """From the assignment (procedure: "no máximo 2h")."""
    again_after: BusinessTime | BusinessDays | None = NINE_HOURS
    """After which an unscheduled ticket that its owner has not even seen is told of again."""
    warn_at: float = 0.2
    """The share of a term that is left when its owner is warned."""
    escalate_breach: bool = False
    off: frozenset[AlarmKind] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """Rings at `due_at`, within business hours."""

    ticket_id: int
    kind: AlarmKind
    about: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class _Clock:
    """What alarms are counted by."""

    calendar: BusinessCalendar
    policy: AlarmPolicy


_Rings = tuple[datetime, datetime]
"""What it is about, and when it rings."""


def alarms_of(
    state: TicketState, calendar: BusinessCalendar, policy: AlarmPolicy
) -> tuple[Alarm, ...]:
    """All that may still ring for a ticket as it stands; nothing once it is done or cancelled.

    For one that was imported silently, whose client was promised nothing, only the owner's own date
    rings.
    Those that have rung are among them: whoever keeps them knows them by `kind` and `about`.
    """
    if state.is_closed:
        return ()
    return tuple(_alarms(state, _Clock(calendar, policy)))


def still_holds(
    alarm: Alarm, state: TicketState, calendar: BusinessCalendar, policy: AlarmPolicy
) -> bool:
    """Whether what the alarm was set for is still so."""
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
            # A desk that never opens keeps no promises.
            continue
        if found is not None and at is not None:
            yield Alarm(ticket_id=state.id, kind=kind, about=found[0], due_at=at)


def _urgent(state: TicketState, clock: _Clock) -> _Rings | None:
    """Its new owner is told at once."""
    since = state.owned_since
    return (since, since) if state.priority is Priority.HIGH else None


def _unscheduled(state: TicketState, clock: _Clock) -> _Rings | None:
    """Two business hours after its assignment it has no date yet."""
    if state.is_scheduled:
        return None
    since, told = state.owned_since, state.fired_at.get(AlarmKind.UNSCHEDULED)
    if told is None or told < since:
        return since, clock.policy.schedule_within.due(since, clock.calendar)
    again = clock.policy.again_after
    seen = state.seen_at is not None and state.seen_at >= since
    return None if again is None or seen else (told, again.due(told, clock.calendar))


def _first_response(state: TicketState, clock: _Clock) -> _Rings | None:
    """The client has no acknowledgement at the time that was promised for it."""
    due = state.first_response_due
    answered = state.acknowledged_at is not None and state.acknowledged_at >= (
        state.reopened_at or state.acknowledged_at
    )
    return None if answered else (due, due)


def _resolution_near(state: TicketState, clock: _Clock) -> _Rings | None:
    """Most of the term is used up."""
    return _near(state.started_at, state.resolution_due, clock)


def _resolution_breach(state: TicketState, clock: _Clock) -> _Rings | None:
    """The term is over."""
    due = state.resolution_due
    return None if due is None else (due, due)


def _deadline_near(state: TicketState, clock: _Clock) -> _Rings | None:
    """Most of the time up to the owner's own date is used up."""
    since = state.deadline_set_at or state.owned_since
    return _near(since, state.own_date, clock)


def _deadline_breach(state: TicketState, clock: _Clock) -> _Rings | None:
    """The owner's own date, which the client expects, is over."""
    due = state.own_date
    return None if due is None else (due, due)


def _reminder(state: TicketState, clock: _Clock) -> _Rings | None:
    """What has no term comes back every business day, at opening."""
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
"""Kind → what it is about and when it rings, as the ticket stands; None: it does not."""


def _near(since: datetime, due: datetime | None, clock: _Clock) -> _Rings | None:
    if due is None or due <= since:
        return None
    whole = clock.calendar.measure(since, due)
    used = whole * (1 - clock.policy.warn_at)
    at = clock.calendar.add(since, used)
    # What rings no sooner than the end says nothing that the end does not.
    return (due, at) if clock.calendar.next_opening(at) < due else None


def _next_days_opening(since: datetime, calendar: BusinessCalendar) -> datetime:
    """The first opening of a business day after the day of `since`."""
    today = since.astimezone(calendar.zone).date()
    days: Iterator[date] = iter(calendar.business_days(since, 1))
    day = next(each for each in days if each > today)
    return calendar.next_opening(min(span.opens for span in calendar.on(day)))
