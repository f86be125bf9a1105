"""Holidays of country, state and city; the firm's own days; and people's own hours on them."""

from datetime import date
from zoneinfo import ZoneInfo

from routing.calendar import (
    BusinessCalendar,
    DayKind,
    FirmDay,
    FirmDayKind,
    PublicHolidays,
    parse_hours,
)
from tests.routing.calendar.shipped import DESK, SAO_PAULO, at, day

DAY_HOURS = parse_hours(("09:00-12:00", "13:00-18:00"))
WEEK = (DAY_HOURS,) * 5 + ((), ())


def desk(*days: FirmDay, holidays: PublicHolidays | None = None) -> BusinessCalendar:
    return BusinessCalendar(
        zone=SAO_PAULO, week=WEEK, firm_days=days, holidays=holidays or PublicHolidays()
    )


def names(holidays: PublicHolidays, year: int) -> dict[date, str]:
    return dict(holidays.in_year(year))


def test_holidays_of_the_country_and_the_state() -> None:
    found = names(PublicHolidays(), 2026)
    assert found[day("2026-04-03")] == "Sexta-feira Santa"
    assert found[day("2026-07-09")] == "Revolução Constitucionalista"
    assert day("2026-02-17") not in found, "Carnaval is a public holiday by no law"
    assert day("2026-07-09") not in names(PublicHolidays(subdivisions=("RJ",)), 2026)


def test_holidays_of_a_city_and_of_several_places_at_once() -> None:
    capital = names(PublicHolidays(subdivisions=("SP", "São Paulo Capital")), 2027)
    assert capital[day("2027-01-25")] == "Aniversário da Cidade de São Paulo"
    assert capital[day("2027-07-09")] == "Revolução Constitucionalista"
    both = names(PublicHolidays(subdivisions=("SP", "RJ")), 2026)
    assert {day("2026-07-09"), day("2026-04-23")} <= set(both)


def test_days_by_name_that_no_law_makes_holidays() -> None:
    found = names(PublicHolidays(also=("Carnaval", "Corpus Christi")), 2026)
    assert {day("2026-02-16"), day("2026-02-17"), day("2026-06-04")} <= set(found)
    assert day("2026-12-24") not in found


def test_holidays_of_other_countries_are_named_in_their_own_language() -> None:
    portugal = PublicHolidays(country="PT", subdivisions=())
    assert names(portugal, 2026)[day("2026-04-25")] == "Dia da Liberdade"


def test_a_bridge_a_half_day_and_a_holiday_on_which_the_firm_works() -> None:
    calendar = desk(
        FirmDay.once(day("2026-06-05"), "Emenda de Corpus Christi"),
        FirmDay(name="Véspera de Natal", kind=FirmDayKind.HALF, month_day=(12, 24)),
        FirmDay.once(day("2026-11-20"), "Plantão", FirmDayKind.OPEN),
        FirmDay.once(day("2026-11-28"), "Mutirão", FirmDayKind.OPEN, parse_hours(("08:00-12:00",))),
    )
    assert calendar.day(day("2026-06-05")).intervals == ()
    assert list(map(str, calendar.day(day("2026-12-24")).intervals)) == ["09:00-12:00"]
    assert calendar.closing(day("2026-12-24")) == at("2026-12-24 12:00")
    assert calendar.day(day("2026-11-20")).intervals == DAY_HOURS
    assert calendar.is_open(at("2026-11-28 08:30"))
    assert calendar.add_days(at("2026-11-27 10:00"), 1) == at("2026-11-28 12:00")


def test_a_half_day_is_a_business_day_and_a_term_ends_at_its_closing() -> None:
    calendar = desk(FirmDay(name="Véspera de Natal", kind=FirmDayKind.HALF, month_day=(12, 24)))
    assert calendar.add_days(at("2026-12-23 10:00"), 1) == at("2026-12-24 12:00")


def test_a_recess_covers_each_of_its_days_and_one_date_within_it_may_differ() -> None:
    recess = FirmDay(name="Recesso", first=day("2026-12-24"), last=day("2027-01-03"))
    duty = FirmDay.once(day("2026-12-29"), "Plantão", FirmDayKind.OPEN)
    yearly = FirmDay(name="Véspera", kind=FirmDayKind.HALF, month_day=(12, 24))
    for days in ((recess, duty, yearly), (yearly, duty, recess)):
        calendar = desk(*days)
        assert calendar.day(day("2026-12-24")).name == "Recesso"
        assert calendar.day(day("2026-12-25")).kind is DayKind.FIRM
        assert calendar.is_open(at("2026-12-29 10:00"))
        assert calendar.next_opening(at("2026-12-30 10:00")) == at("2027-01-04 09:00")


def test_a_closing_of_many_months_is_waited_out() -> None:
    works = FirmDay(name="Obras", first=day("2026-11-01"), last=day("2027-10-29"))
    assert desk(works).next_opening(at("2026-11-01 10:00")) == at("2027-11-01 09:00")


def test_a_day_of_every_year_holds_only_between_its_dates() -> None:
    calendar = desk(
        FirmDay(
            name="Dia do Contador",
            month_day=(9, 22),
            first=day("2026-01-01"),
            last=day("2027-12-31"),
        )
    )
    open_on = [bool(calendar.day(date(year, 9, 22)).intervals) for year in range(2025, 2029)]
    assert open_on == [True, False, False, True]


def test_own_hours_on_ordinary_days_holidays_and_the_firm_s_days() -> None:
    calendar = desk(
        FirmDay.once(day("2026-11-28"), "Mutirão", FirmDayKind.OPEN, parse_hours(("08:00-12:00",))),
        FirmDay(name="Véspera de Natal", kind=FirmDayKind.HALF, month_day=(12, 24)),
    )
    evenings = parse_hours(("11:00-20:00",))
    own = calendar.for_person((evenings,) * 4 + ((), None, None))
    assert own.is_open(at("2026-11-26 19:00")), "later than the desk, if so agreed"
    assert not own.is_open(at("2026-11-27 10:00")), "a day off"
    assert own.is_open(at("2026-11-28 08:30")), "no hours of their own: the desk's"
    assert own.next_opening(at("2026-12-24 09:00")) == at("2026-12-24 11:00")
    assert not own.is_open(at("2026-12-24 15:00"))
    assert not own.is_open(at("2026-11-02 12:00")), "a holiday"


def test_a_person_keeps_the_desk_s_zone() -> None:
    lisbon = BusinessCalendar(zone=ZoneInfo("Europe/Lisbon"), week=WEEK)
    own = lisbon.for_person((parse_hours(("09:00-10:00",)),) * 7)
    assert own.zone is lisbon.zone
    assert DESK.for_person((None,) * 7).next_opening(at("2026-11-20 09:00")) == at(
        "2026-11-23 09:00"
    )
