"""A month's bounds: every instant is in one month."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from routing.calendar.month import month_bounds

ZONES = st.sampled_from(["America/Sao_Paulo", "Europe/Lisbon", "Pacific/Apia", "UTC"])


@given(st.dates(date(1970, 1, 1), date(2199, 12, 31)), ZONES)
def test_it_begins_on_the_first_and_ends_where_the_next_begins(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    since, until = month_bounds(day, zone)
    assert (since.month, since.day, since.time()) == (day.month, 1, time.min)
    assert since <= datetime.combine(day, time(12), zone) < until
    assert month_bounds(until.date(), zone)[0] == until
