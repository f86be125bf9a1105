"""Who is notified of an alarm, by which channels, and when."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from routing.calendar import BusinessCalendar
from routing.roster import Person, Roster
from routing.roster.person import Way
from routing.watch.alarms import AlarmKind
from routing.watch.state import TicketState


class Role(StrEnum):
    """The role in which somebody is notified."""

    OWNER = "owner"
    FIRST_LEVEL = "first-level"
    """The first level of the roster (N0)."""
    COORDINATION = "coordination"
    """The last level of the roster."""


ROLES: Mapping[AlarmKind, tuple[Role, ...]] = {
    AlarmKind.RESOLUTION_BREACH: (Role.OWNER, Role.FIRST_LEVEL, Role.COORDINATION),
    AlarmKind.DEADLINE_BREACH: (Role.OWNER, Role.FIRST_LEVEL, Role.COORDINATION),
    AlarmKind.FIRST_RESPONSE: (Role.FIRST_LEVEL,),
    AlarmKind.URGENT: (Role.OWNER,),
    AlarmKind.UNSCHEDULED: (Role.OWNER, Role.FIRST_LEVEL),
    AlarmKind.RESOLUTION_NEAR: (Role.OWNER,),
    AlarmKind.DEADLINE_NEAR: (Role.OWNER,),
    AlarmKind.REMINDER: (Role.OWNER,),
}
"""Which roles are notified of which alarms."""

URGENT = frozenset((AlarmKind.URGENT,))
"""Alarms that are sent by the fastest channel."""

FASTEST = (Way.WHATSAPP, Way.EMAIL, Way.ODOO)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A person who is notified, and in which role."""

    person: Person
    role: Role
    instead_of: Person | None = None
    """The owner, if this person is notified because the owner is not at work."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A channel for a notification and when it is sent; quiet hours delay it."""

    way: Way
    at: datetime


def audience(
    kind: AlarmKind,
    state: TicketState,
    *,
    roster: Roster,
    calendar: BusinessCalendar,
    at: datetime,
) -> tuple[Told, ...]:
    """The people who are notified of an alarm at that instant, each once, in their first role.

    If there is no owner, or the owner is on leave, the first level is notified instead. For an
    urgent alarm, the first level is notified as well if the owner is not at work. On a level, the
    people at work are notified; if there are none, those not on leave; else all of them.
    """
    found: dict[str, Told] = {}
    for role in ROLES[kind]:
        for told in _in_role(role, kind, state, roster, calendar, at):
            found.setdefault(told.person.login, told)
    return tuple(found.values())


def _in_role(
    role: Role,
    kind: AlarmKind,
    state: TicketState,
    roster: Roster,
    calendar: BusinessCalendar,
    at: datetime,
) -> Iterator[Told]:
    if role is Role.OWNER:
        yield from _owner(kind, state, roster, calendar, at)
        return
    level = roster.levels[0] if role is Role.FIRST_LEVEL else roster.levels[-1]
    for person in _there(roster.on(level), calendar, at):
        yield Told(person=person, role=role)


def _owner(
    kind: AlarmKind, state: TicketState, roster: Roster, calendar: BusinessCalendar, at: datetime
) -> Iterator[Told]:
    owner = roster.person(state.owner) if state.owner else None
    if owner is not None and owner.away(at, calendar) is None:
        yield Told(person=owner, role=Role.OWNER)
        if kind not in URGENT or owner.at_work(at, calendar):
            return
    # The owner does not read this now: the first level finds somebody.
    for person in _there(roster.on(roster.levels[0]), calendar, at):
        yield Told(person=person, role=Role.FIRST_LEVEL, instead_of=owner)


def _there(
    people: Collection[Person], calendar: BusinessCalendar, at: datetime
) -> Collection[Person]:
    at_work = [each for each in people if each.at_work(at, calendar)]
    return at_work or [each for each in people if each.away(at, calendar) is None] or people


def routes(
    person: Person,
    *,
    at: datetime,
    calendar: BusinessCalendar,
    available: Collection[Way],
    urgent: bool = False,
) -> tuple[Route, ...]:
    """The channels by which a person is notified at that instant.

    These are all of the person's channels that can be used. A WhatsApp message waits until their
    quiet hours end. An `urgent` notification is sent only by the channel that is free first, the
    fastest of several, and as a note in Odoo if that is one of their channels. A person with no
    usable channel gets a note on the ticket.
    """
    usable = [way for way in person.channels if way in available and _reaches(way, person)]
    quiet_until = _quiet_until(person, at, calendar)
    found = [
        Route(way=way, at=quiet_until if way is Way.WHATSAPP else at)
        for way in usable or [Way.ODOO]
    ]
    if not urgent:
        return tuple(found)
    # A note on a ticket does not reach a person who is not looking there.
    reaching = [each for each in found if each.way is not Way.ODOO] or found
    fastest = min(reaching, key=lambda route: (route.at, FASTEST.index(route.way)))
    return tuple(each for each in found if each is fastest or each.way is Way.ODOO)


def _reaches(way: Way, person: Person) -> bool:
    needed = {Way.EMAIL: person.email, Way.WHATSAPP: person.phone, Way.ODOO: person.login}
    return bool(needed[way])


def _quiet_until(person: Person, at: datetime, calendar: BusinessCalendar) -> datetime:
    """When the person's quiet hours end; `at` itself outside of them."""
    local = at.astimezone(calendar.zone)
    midnight = datetime.combine(local.date(), time.min, tzinfo=calendar.zone)
    end = local
    while True:
        since = end.replace(tzinfo=None) - midnight.replace(tzinfo=None)
        day, rest = divmod(since, timedelta(days=1))
        within = next((each for each in person.quiet if each.contains(rest)), None)
        if within is None or day > 1:
            return max(at, end).astimezone(at.tzinfo)
        # Intervals that touch count as one, for instance over midnight.
        end = midnight + timedelta(days=day) + within.closes
