"""Business time against a minute-by-minute count, over changes of the clock and year ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.calendar import BusinessCalendar, FirmDay, FirmDayKind, Interval
from tests.routing.calendar.oracle import Hours, Oracle

PLACES = (
    ("America/Sao_Paulo", datetime(2018, 2, 18, 2, tzinfo=UTC)),  # 24:00 becomes 23:00
    ("America/Sao_Paulo", datetime(2018, 11, 4, 3, tzinfo=UTC)),  # 00:00 becomes 01:00
    ("America/Sao_Paulo", datetime(2026, 12, 31, 12, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Europe/Lisbon", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Lisbon", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Europe/Lisbon", datetime(1992, 9, 27, 1, tzinfo=UTC)),  # to another zone, no change
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),  # half an hour
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),  # 00:01 becomes 23:01
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),  # a day that never was
    ("Asia/Kathmandu", datetime(2026, 12, 31, 18, 15, tzinfo=UTC)),
    ("UTC", datetime(2028, 2, 29, 12, tzinfo=UTC)),
)


@dataclass(frozen=True)
class Case:
    """One calendar in both forms, and an instant near a change."""

    calendar: BusinessCalendar
    oracle: Oracle
    start: datetime


def _hours(boundaries: list[int]) -> Hours:
    pairs = sorted(set(boundaries))
    return tuple(zip(pairs[::2], pairs[1::2], strict=False))


def _intervals(hours: Hours) -> tuple[Interval, ...]:
    return tuple(Interval(timedelta(minutes=a), timedelta(minutes=b)) for a, b in hours)


quarter = st.integers(0, 96).map(lambda n: n * 15)
minute = st.integers(0, 24 * 60)
day_hours = st.lists(st.one_of(quarter, minute), max_size=6).map(_hours)
open_hours = day_hours.filter(bool)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    name, near = draw(st.sampled_from(PLACES))
    zone = ZoneInfo(name)
    week = draw(st.tuples(open_hours, *[day_hours] * 5, open_hours))
    shift = draw(st.integers(-4 * 86400, 2 * 86400))
    start = near + timedelta(seconds=shift, microseconds=draw(st.sampled_from((0, 0, 250_000))))
    offsets = draw(st.lists(st.integers(-4, 6), max_size=3, unique=True))
    dated: Mapping[date, Hours] = {
        near.astimezone(zone).date() + timedelta(days=offset): draw(day_hours) for offset in offsets
    }
    firm_days = tuple(
        FirmDay.once(
            day,
            "dia da firma",
            FirmDayKind.OPEN if hours else FirmDayKind.CLOSED,
            _intervals(hours),
        )
        for day, hours in dated.items()
    )
    calendar = BusinessCalendar(
        zone=zone, week=tuple(_intervals(hours) for hours in week), firm_days=firm_days
    )
    return Case(calendar, Oracle(zone, week, dated), start.astimezone(draw(zones)))


zones = st.sampled_from((UTC, ZoneInfo("America/Sao_Paulo"), ZoneInfo("Europe/Berlin")))
seconds = st.integers(0, 2 * 86400)


def same(found: datetime, expected: datetime) -> bool:
    """One instant. Two times of one zone would be compared by the clock on the wall."""
    return found.astimezone(UTC) == expected.astimezone(UTC)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_is_open_and_next_opening(case: Case) -> None:
    assert case.calendar.is_open(case.start) == case.oracle.is_open(case.start)
    opening = case.calendar.next_opening(case.start)
    assert same(opening, case.oracle.next_opening(case.start))
    assert case.calendar.is_open(opening)
    assert opening.tzinfo is case.calendar.zone


@settings(max_examples=150, deadline=None)
@given(cases(), st.one_of(seconds, st.integers(0, 96).map(lambda n: n * 900)))
def test_add(case: Case, length: int) -> None:
    term = timedelta(seconds=length)
    due = case.calendar.add(case.start, term)
    assert same(due, case.oracle.add(case.start, term))
    assert case.calendar.measure(case.start, due) == term


@settings(max_examples=150, deadline=None)
@given(cases(), st.integers(0, 8 * 86400))
def test_measure(case: Case, length: int) -> None:
    end = (case.start.astimezone(UTC) + timedelta(seconds=length)).astimezone(case.calendar.zone)
    measured = case.calendar.measure(case.start, end)
    assert measured == case.oracle.measure(case.start, end)
    assert case.calendar.measure(end, case.start) == -measured


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(0, 5))
def test_add_days(case: Case, days: int) -> None:
    assert same(case.calendar.add_days(case.start, days), case.oracle.add_days(case.start, days))


@settings(max_examples=60, deadline=None)
@given(cases(), st.integers(1, 31))
def test_month_evaluation(case: Case, day: int) -> None:
    found = case.calendar.month_evaluation(case.start, day)
    assert same(found, case.oracle.month_evaluation(case.start, day))
    if day == 31:
        assert same(case.calendar.month_evaluation(case.start), found)


@settings(max_examples=100, deadline=None)
@given(cases(), seconds, seconds)
def test_terms_add_up(case: Case, one: int, other: int) -> None:
    both = case.calendar.add(case.start, timedelta(seconds=one + other))
    halfway = case.calendar.add(case.start, timedelta(seconds=one))
    if other:
        assert same(case.calendar.add(halfway, timedelta(seconds=other)), both)
    else:
        assert same(halfway, both)
