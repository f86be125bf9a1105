"""Who is told, by which of their ways, and when."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.calendar import BusinessCalendar, parse_hours
from routing.roster import Absence, Person, Roster
from routing.roster.person import Way
from routing.watch.alarms import AlarmKind
from routing.watch.audience import ROLES, Role, audience, routes
from tests.routing.watch.test_alarms import MONDAY, state

ZONE = ZoneInfo("America/Sao_Paulo")
HOURS = parse_hours(("09:00-12:00", "13:00-18:00"))
CALENDAR = BusinessCalendar(zone=ZONE, week=(HOURS,) * 5 + ((), ()))
MORNINGS = (parse_hours(("09:00-12:00",)),) * 5 + ((), ())
ANA = Person(login="ana", name="Ana", levels=("N0",))
BEA = Person(login="bea", name="Bea", levels=("N0",), hours=MORNINGS)
EDU = Person(login="edu", name="Edu", levels=("N1",), hours=MORNINGS)
CAU = Person(login="cau", name="Cau", levels=("Coordenação",))
EVERY_WAY = frozenset(Way)


def told(kind: AlarmKind, *people: Person, at: datetime = MONDAY, **ticket: object) -> list[str]:
    roster = Roster(levels=("N0", "N1", "Coordenação"), people=people)
    found = audience(kind, state(**ticket), roster=roster, calendar=CALENDAR, at=at)
    assert len({each.person.login for each in found}) == len(found)
    return [f"{each.person.login} {each.role}" for each in found]


def test_a_breach_is_told_to_all_three() -> None:
    found = told(AlarmKind.RESOLUTION_BREACH, ANA, BEA, EDU, CAU)
    assert found == ["edu owner", "ana first-level", "bea first-level", "cau coordination"]


def test_of_a_level_those_at_work_are_told() -> None:
    afternoon = MONDAY.replace(hour=15)
    assert told(AlarmKind.FIRST_RESPONSE, ANA, BEA, at=afternoon) == ["ana first-level"]
    assert told(AlarmKind.FIRST_RESPONSE, BEA, at=afternoon) == ["bea first-level"]


def test_an_owner_who_is_not_at_work_reads_of_it_later_but_what_is_urgent_somebody_reads_now() -> (
    None
):
    afternoon = MONDAY.replace(hour=15)
    assert told(AlarmKind.RESOLUTION_NEAR, ANA, EDU, at=afternoon) == ["edu owner"]
    assert told(AlarmKind.URGENT, ANA, EDU, at=afternoon) == ["edu owner", "ana first-level"]


@pytest.mark.parametrize("owner", [None, "nobody.here", "fia"])
def test_without_an_owner_who_is_there_the_first_level_is_told(owner: str | None) -> None:
    away = (Absence(first=date(2030, 11, 1)),)
    fia = Person(login="fia", name="Fia", levels=("N1",), absences=away)
    assert told(AlarmKind.UNSCHEDULED, ANA, fia, owner=owner) == ["ana first-level"]


def test_an_owner_on_the_first_level_is_told_once_as_the_owner() -> None:
    assert told(AlarmKind.UNSCHEDULED, ANA, owner="ana") == ["ana owner"]


def test_every_kind_has_its_people() -> None:
    assert set(ROLES) == set(AlarmKind)
    assert all(set(roles) <= set(Role) for roles in ROLES.values())


def ways(person: Person, clock: str, *, urgent: bool = False) -> list[str]:
    at = datetime.combine(MONDAY.date(), time.fromisoformat(clock), tzinfo=ZONE)
    found = routes(person, at=at, calendar=CALENDAR, available=EVERY_WAY, urgent=urgent)
    return [f"{each.way} {each.at:%H:%M}" for each in found]


def reachable(*channels: Way, quiet: tuple[str, ...] = ()) -> Person:
    return Person(
        login="gil",
        name="Gil",
        email="gil@r3izzy.com.br",
        phone="+5511987654321",
        channels=channels,
        quiet=parse_hours(quiet),
    )


def test_somebody_is_told_by_all_of_their_ways() -> None:
    assert ways(reachable(Way.ODOO, Way.EMAIL), "10:00") == ["odoo 10:00", "email 10:00"]
    assert ways(reachable(Way.WHATSAPP), "10:00") == ["whatsapp 10:00"]


def test_the_telephone_is_silent_in_quiet_hours() -> None:
    gil = reachable(Way.EMAIL, Way.WHATSAPP, quiet=("09:00-11:00", "11:00-11:30"))
    assert ways(gil, "10:00") == ["email 10:00", "whatsapp 11:30"]
    assert ways(gil, "11:30") == ["email 11:30", "whatsapp 11:30"]


def test_quiet_hours_over_midnight_end_in_the_morning() -> None:
    night = reachable(Way.WHATSAPP, quiet=("22:00-24:00", "00:00-07:00"))
    found = routes(night, at=MONDAY.replace(hour=23), calendar=CALENDAR, available=EVERY_WAY)
    assert [each.at for each in found] == [MONDAY.replace(day=19, hour=7)]


def test_what_is_urgent_goes_by_the_fastest_way() -> None:
    gil = reachable(Way.ODOO, Way.EMAIL, Way.WHATSAPP, quiet=("12:00-13:00",))
    assert ways(gil, "10:00", urgent=True) == ["odoo 10:00", "whatsapp 10:00"]
    assert ways(gil, "12:30", urgent=True) == ["odoo 12:30", "email 12:30"]
    assert ways(reachable(Way.EMAIL, Way.WHATSAPP), "10:00", urgent=True) == ["whatsapp 10:00"]
    asleep = reachable(Way.ODOO, Way.WHATSAPP, quiet=("12:00-13:00",))
    assert ways(asleep, "12:30", urgent=True) == ["odoo 12:30", "whatsapp 13:00"]


def test_who_cannot_be_reached_finds_it_on_the_ticket() -> None:
    nowhere = Person(login="gil", name="Gil", channels=(Way.EMAIL, Way.WHATSAPP))
    assert ways(nowhere, "10:00") == ["odoo 10:00"]


@given(st.lists(st.sampled_from(Way), min_size=1, unique=True), st.booleans())
def test_everybody_is_told_somehow_and_at_most_once_a_way(
    channels: list[Way], urgent: bool
) -> None:
    found = ways(reachable(*channels), "10:00", urgent=urgent)
    assert found
    assert len(set(found)) == len(found)
