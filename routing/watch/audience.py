"""Whom an alarm is told to, by which ways, and when."""

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
    """In what capacity somebody is told."""

    OWNER = "owner"
    FIRST_LEVEL = "first-level"
    """N0."""
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
"""Who is told of what."""

URGENT = frozenset((AlarmKind.URGENT,))
"""Kinds that go by the fastest way."""

FASTEST = (Way.WHATSAPP, Way.EMAIL, Way.ODOO)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Somebody is told, in that capacity."""

    person: Person
    role: Role
    instead_of: Person | None = None
    """Who is on leave, and for whom this one is told."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """A way to tell, and when: later where quiet hours hold it back."""

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
    """Who is told of an alarm at that instant, each once, in their first capacity.

    For an owner who is on leave, and where there is none, the first level is told. Of a level those
    at work are told; where nobody is, those who are not on leave; else all.
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
    # Nobody who answers for it reads this now: the first level finds somebody.
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
    """By which ways a person is told at that instant.

    All of theirs that can be used; a WhatsApp message waits until their quiet hours end. What is
    urgent goes at once by the fastest one that need not wait, and stands in Odoo as well where they
    want that. Who cannot be reached otherwise finds it on the ticket.
    """
    usable = [way for way in person.channels if way in available and _reaches(way, person)]
    quiet_until = _quiet_until(person, at, calendar)
    found = [
        Route(way=way, at=quiet_until if way is Way.WHATSAPP else at)
        for way in usable or [Way.ODOO]
    ]
    if not urgent:
        return tuple(found)
    # A note on a ticket reaches nobody who does not look there.
    reaching = [each for each in found if each.way is not Way.ODOO] or found
    fastest = min(reaching, key=lambda route: (route.at, FASTEST.index(route.way)))
    return tuple(each for each in found if each is fastest or each.way is Way.ODOO)


def _reaches(way: Way, person: Person) -> bool:
    needed = {Way.EMAIL: person.email, Way.WHATSAPP: person.phone, Way.ODOO: person.login}
    return bool(needed[way])


def _quiet_until(person: Person, at: datetime, calendar: BusinessCalendar) -> datetime:
    """`at` itself outside their quiet hours, else when these end."""
    local = at.astimezone(calendar.zone)
    midnight = datetime.combine(local.date(), time.min, tzinfo=calendar.zone)
    end = local
    while True:
        since = end.replace(tzinfo=None) - midnight.replace(tzinfo=None)
        day, rest = divmod(since, timedelta(days=1))
        within = next((each for each in person.quiet if each.contains(rest)), None)
        if within is None or day > 1:
            return max(at, end).astimezone(at.tzinfo)
        # Two that touch are one: over midnight, for instance.
        end = midnight + timedelta(days=day) + within.closes
