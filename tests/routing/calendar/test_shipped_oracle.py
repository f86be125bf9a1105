"""The shipped calendar, holidays and year ends included, against the minute-by-minute count."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.calendar import PublicHolidays
from tests.routing.calendar.oracle import Oracle
from tests.routing.calendar.shipped import DESK, SAO_PAULO

WEEKDAY = ((9 * 60, 12 * 60), (13 * 60, 18 * 60))
ORACLE = Oracle(
    zone=SAO_PAULO,
    week=(WEEKDAY,) * 5 + ((), ()),
    dated={day: () for year in range(2025, 2029) for day in PublicHolidays().in_year(year)},
)
instants = st.integers(0, 3 * 366 * 86400).map(
    lambda seconds: datetime(2025, 12, 15, tzinfo=SAO_PAULO) + timedelta(seconds=seconds % 63072000)
)


@settings(max_examples=40, deadline=None)
@given(instants, st.integers(0, 24 * 3600))
def test_business_hours_to_the_second(start: datetime, seconds: int) -> None:
    term = timedelta(seconds=seconds)
    due = DESK.add(start, term)
    assert due == ORACLE.add(start, term)
    assert DESK.measure(start, due) == term


@settings(max_examples=25, deadline=None)
@given(instants, st.integers(1, 10))
def test_business_days(start: datetime, days: int) -> None:
    assert DESK.add_days(start, days) == ORACLE.add_days(start, days)


@settings(max_examples=25, deadline=None)
@given(instants, st.integers(1, 31))
def test_the_month_s_evaluation(start: datetime, day: int) -> None:
    assert DESK.month_evaluation(start, day) == ORACLE.month_evaluation(start, day)
