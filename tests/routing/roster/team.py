"""A small team, and questions to it."""

from collections.abc import Mapping
from typing import Any

from routing.calendar import OwnWeek, parse_hours
from routing.roster import Absence, Assignment, Load, Person, Roster
from tests.routing.calendar.shipped import DESK, at, day

MORNING = "2026-11-23 10:00"
"""A Monday, within hours."""


def person(login: str, *levels: str, **more: Any) -> Person:
    return Person(login=login, name=login.capitalize(), levels=levels or ("N0",), **more)


def away(first: str, last: str | None = None, reason: str = "férias") -> tuple[Absence, ...]:
    return (Absence(first=day(first), last=day(last) if last else None, reason=reason),)


def every_day(*hours: str) -> OwnWeek:
    """The same own hours on each weekday."""
    return (parse_hours(hours),) * 5 + ((), ())


def chosen(
    people: list[Person],
    level: str = "N0",
    *,
    when: str = MORNING,
    open_tickets: Mapping[str, int] | None = None,
    last_assigned: Mapping[str, int] | None = None,
    roster: Mapping[str, Any] | None = None,
    **question: Any,
) -> Assignment:
    """What the roster of these people answers; `roster` gives its other settings."""
    return Roster(people=tuple(people), **(roster or {})).choose(
        level,
        at=at(when),
        calendar=DESK,
        load=Load(open_tickets=open_tickets or {}, last_assigned=last_assigned or {}),
        **question,
    )
