"""What operators argue about: ends at closing, lunch, holidays, clocks that are put back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.calendar import BusinessCalendar, CalendarNeverOpen, Interval, Period, parse_hours
from tests.routing.calendar.shipped import DESK, at, day

HOUR = timedelta(hours=1)
NINE_TO_NINE = (parse_hours(("09:00-21:00",)),) * 7


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-23 10:00", 24, "2026-11-26 10:00"),
        ("2026-11-23 09:00", 8, "2026-11-23 18:00"),
        ("2026-11-23 11:00", 1, "2026-11-23 12:00"),
        ("2026-11-23 11:30", 1, "2026-11-23 13:30"),
        ("2026-11-23 12:00", 1, "2026-11-23 14:00"),
        ("2026-11-23 18:00", 1, "2026-11-24 10:00"),
        ("2026-11-27 17:30", 1, "2026-11-30 09:30"),
        ("2026-11-19 17:30", 1, "2026-11-23 09:30"),
        ("2026-12-31 17:00", 3, "2027-01-04 11:00"),
    ],
)
def test_a_term_in_hours_runs_only_while_the_desk_is_open(start: str, hours: int, due: str) -> None:
    assert DESK.add(at(start), hours * HOUR) == at(due)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-27 17:30", 2, "2026-12-01 18:00"),
        ("2026-11-27 19:00", 2, "2026-12-02 18:00"),
        ("2026-11-27 18:00", 2, "2026-12-02 18:00"),
        ("2026-11-28 10:00", 1, "2026-12-01 18:00"),
        ("2026-11-19 10:00", 1, "2026-11-23 18:00"),
        ("2026-12-24 10:00", 5, "2027-01-04 18:00"),
    ],
)
def test_a_term_in_days_leaves_the_first_out_and_ends_at_closing(
    start: str, days: int, due: str
) -> None:
    assert DESK.add_days(at(start), days) == at(due)


@pytest.mark.parametrize(
    ("start", "day_of_month", "due"),
    [
        ("2026-11-03 10:00", None, "2026-11-30 18:00"),
        ("2026-11-30 17:59", None, "2026-11-30 18:00"),
        ("2026-11-30 18:00", None, "2026-12-31 18:00"),
        ("2027-01-29 18:00", None, "2027-02-26 18:00"),
        ("2026-12-31 18:00", None, "2027-01-29 18:00"),
        ("2026-11-03 10:00", 20, "2026-11-19 18:00"),
        ("2026-11-19 18:00", 20, "2026-12-18 18:00"),
        ("2026-11-03 10:00", 1, "2026-12-01 18:00"),
        ("2027-02-01 10:00", 31, "2027-02-26 18:00"),
    ],
)
def test_the_month_s_evaluation(start: str, day_of_month: int | None, due: str) -> None:
    assert DESK.month_evaluation(at(start), day_of_month) == at(due)


def test_a_month_without_a_business_day_up_to_the_set_one_is_passed_over() -> None:
    only_fridays = BusinessCalendar(
        zone=ZoneInfo("UTC"), week=((),) * 4 + (parse_hours(("09:00-10:00",)),) + ((),) * 2
    )
    due = only_fridays.month_evaluation(datetime(2026, 9, 30, tzinfo=UTC), 1)
    assert due == datetime(2027, 1, 1, 10, tzinfo=UTC)


def test_an_hour_that_the_clock_skips_does_not_count_and_one_it_repeats_counts_twice() -> None:
    night = (parse_hours(("00:00-06:00",)),) * 7
    desk = BusinessCalendar(zone=ZoneInfo("America/New_York"), week=night)
    for date, hours in (("2026-03-08", 5), ("2026-11-01", 7), ("2026-11-02", 6)):
        spans = desk.on(day(date))
        assert sum((span.length for span in spans), timedelta(0)) == hours * HOUR


def test_closing_is_not_open_and_opening_is() -> None:
    assert DESK.is_open(at("2026-11-23 09:00"))
    assert not DESK.is_open(at("2026-11-23 12:00"))
    assert DESK.is_open(at("2026-11-23 13:00"))
    assert not DESK.is_open(at("2026-11-23 18:00"))
    assert not DESK.is_open(at("2026-11-20 10:00"))


def test_instants_come_back_in_the_desk_s_zone_wherever_they_came_from() -> None:
    tokyo = at("2026-11-27 17:30").astimezone(ZoneInfo("Asia/Tokyo"))
    due = DESK.add(tokyo, HOUR)
    assert due.isoformat() == "2026-11-30T09:30:00-03:00"


def test_a_stretch_is_told_whole_though_midnight_of_utc_cuts_it() -> None:
    desk = BusinessCalendar(zone=ZoneInfo("America/Sao_Paulo"), week=NINE_TO_NINE)
    eve = BusinessCalendar(zone=ZoneInfo("America/New_York"), week=NINE_TO_NINE)
    for calendar in (desk, eve):
        spans = calendar.counted(datetime(2026, 11, 23, 12, tzinfo=calendar.zone), 10 * HOUR)
        assert [span.length for span in spans] == [9 * HOUR, HOUR]


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        DESK.add(at("2026-11-23 10:00").replace(tzinfo=None), HOUR)


def test_negative_terms_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        DESK.add(at("2026-11-23 10:00"), -HOUR)
    with pytest.raises(ValueError, match="negative"):
        DESK.add_days(at("2026-11-23 10:00"), -1)


def test_a_desk_that_never_opens_says_so_instead_of_searching_for_ever() -> None:
    closed = BusinessCalendar(zone=ZoneInfo("UTC"), week=((),) * 7)
    for search in (
        lambda: closed.next_opening(at("2026-11-23 10:00")),
        lambda: closed.add_days(at("2026-11-23 10:00"), 1),
        lambda: closed.month_evaluation(at("2026-11-23 10:00")),
    ):
        with pytest.raises(CalendarNeverOpen):
            search()


def test_another_week_holds_while_a_period_lasts() -> None:
    early = (parse_hours(("08:00-14:00",)),) * 5 + ((), ())
    desk = BusinessCalendar(
        zone=DESK.zone,
        week=DESK.week,
        periods=(
            Period(
                name="Horário de verão da firma",
                first=day("2026-12-01"),
                last=day("2027-02-26"),
                week=early,
            ),
        ),
        holidays=DESK.holidays,
    )
    assert desk.add(at("2026-11-30 17:00"), 2 * HOUR) == at("2026-12-01 09:00")
    assert desk.add(at("2027-02-26 13:30"), HOUR) == at("2027-03-01 09:30")
    assert desk.day(day("2026-12-02")).name == "Horário de verão da firma"
    assert not desk.is_open(at("2026-12-25 10:00")), "holidays stay holidays"
    assert desk.day(day("2027-03-01")).intervals == DESK.day(day("2027-03-01")).intervals


def test_an_interval_lies_within_one_day() -> None:
    assert str(Interval.parse("22:00–24:00")) == "22:00-24:00"
    for text in ("18:00-09:00", "09:00-09:00", "09:00-24:30", "9h às 12h", "09:00-12:75", ""):
        with pytest.raises(ValueError, match=r"write for instance|two intervals"):
            Interval.parse(text)
    with pytest.raises(ValueError, match="overlap"):
        parse_hours(("09:00-12:00", "11:00-18:00"))
    assert parse_hours(("13:00-18:00", "09:00-12:00")) == parse_hours(
        ("09:00-12:00", "13:00-18:00")
    )
