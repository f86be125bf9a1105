"""When somebody is there, and whom they own."""

import pytest

from routing.calendar import parse_hours
from routing.roster import Roster
from tests.routing.calendar.shipped import DESK, at
from tests.routing.roster.team import away, every_day, person


def test_both_ends_of_an_absence_are_days_away() -> None:
    ana = person("ana", absences=away("2026-11-24", "2026-11-25"))
    assert ana.at_work(at("2026-11-23 17:59"), DESK)
    assert not ana.at_work(at("2026-11-24 09:00"), DESK)
    assert not ana.at_work(at("2026-11-25 17:00"), DESK)
    assert ana.starts_at(at("2026-11-25 17:00"), DESK) == at("2026-11-26 09:00")


def test_on_the_evening_before_an_absence_the_next_hours_are_those_after_it() -> None:
    ana = person("ana", absences=away("2026-11-24", "2026-11-25"))
    assert ana.away(at("2026-11-23 19:00"), DESK) == ana.absences[0]
    assert ana.starts_at(at("2026-11-23 19:00"), DESK) == at("2026-11-26 09:00")


def test_absences_that_follow_one_another_are_one() -> None:
    ana = person("ana", absences=(*away("2026-11-23", "2026-11-24"), *away("2026-11-25")))
    assert ana.starts_at(at("2026-11-23 10:00"), DESK) is None
    longer = away("2026-11-23", "2026-11-27") + away("2026-11-30", "2026-12-01")
    assert person("bia", absences=longer).starts_at(at("2026-11-23 10:00"), DESK) == at(
        "2026-12-02 09:00"
    )


def test_an_absence_until_the_end_of_time_has_no_end() -> None:
    ana = person("ana", absences=away("2026-11-23", "9999-12-31"))
    assert ana.starts_at(at("2026-11-23 10:00"), DESK) is None


def test_own_hours_and_the_desk_s_holidays() -> None:
    ana = person("ana", hours=every_day("08:00-09:00", "19:00-20:00"))
    assert ana.at_work(at("2026-11-23 19:30"), DESK)
    assert not ana.at_work(at("2026-11-23 10:00"), DESK)
    assert ana.starts_at(at("2026-11-19 20:00"), DESK) == at("2026-11-23 08:00")


def test_somebody_without_hours_never_starts() -> None:
    ana = person("ana", hours=((),) * 7)
    assert ana.starts_at(at("2026-11-23 10:00"), DESK) is None
    assert ana.away(at("2026-11-23 10:00"), DESK) is None


def test_at_work_agrees_with_starting_now() -> None:
    ana = person("ana", hours=(parse_hours(("10:00-12:00",)), None) + (None,) * 5)
    for text in ("2026-11-23 09:59", "2026-11-23 10:00", "2026-11-23 12:00", "2026-11-24 09:00"):
        assert ana.at_work(at(text), DESK) == (ana.starts_at(at(text), DESK) == at(text))


@pytest.mark.parametrize(
    ("entry", "client", "theirs"),
    [
        ("rosa@clinica.com.br", "Rosa@Clinica.com.br", True),
        ("rosa@clinica.com.br", "outra@clinica.com.br", False),
        ("@clinica.com.br", "rosa@clinica.com.br", True),
        ("clinica.com.br", "rosa@clinica.com.br", True),
        ("clinica.com.br", "rosa@sul.clinica.com.br", True),
        ("clinica.com.br", "rosa@outraclinica.com.br", False),
        ("+5511987654321", "+551187654321", True),
        ("(11) 98765-4321", "+5511987654321", False),
        ("+55 11 98765-4321", "whatsapp:+5511987654321", True),
        ("Clínica São Lucas", "clinica sao lucas", True),
        ("Clínica", "Clínica São Lucas", False),
        ("", "rosa@clinica.com.br", False),
        ("@clinica.com.br", "", False),
    ],
)
def test_whose_client_somebody_is(entry: str, client: str, theirs: bool) -> None:
    assert person("ana", clients=(entry,)).owns(client) is theirs


def test_a_person_is_found_by_login_in_any_case_of_letters() -> None:
    roster = Roster(people=(person("ana.n0"),))
    assert roster.person(" ANA.N0 ") is roster.people[0]
    assert roster.person("ana") is None


def test_the_addresses_of_all_with_both_forms_of_a_mobile_number() -> None:
    roster = Roster(people=(person("ana", email="Ana@R3.com.br", phone="+5511987654321"),))
    assert roster.addresses() == {"ana@r3.com.br", "+5511987654321", "+551187654321"}
