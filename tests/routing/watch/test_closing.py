"""When a ticket ends well, and who is asked where it does not."""

from dataclasses import replace
from datetime import datetime, timedelta

from routing.watch.closing import NOTHING, Ask, Closing, Ending, closing, next_business_morning
from tests.routing.calendar.shipped import DESK, at

FRIDAY = at("2026-11-27T16:00")
PATIENCE = timedelta(minutes=15)
ENDED = Ending(
    stage="done",
    closed=False,
    told=False,
    solution=None,
    reason=None,
    owner="edu.n1",
    ended_at=FRIDAY,
    asked_owner_at=None,
    asked_first_level_at=None,
)


def decided(now: datetime, ending: Ending) -> Closing:
    return closing(ending, patience=PATIENCE, calendar=DESK, now=now)


def test_with_the_note_it_is_closed_and_told() -> None:
    found = decided(FRIDAY, replace(ENDED, solution="pronto"))
    assert found == Closing(close=True, text="pronto")
    assert decided(FRIDAY, replace(ENDED, solution="pronto", closed=True)).close is False


def test_each_end_has_its_own_note() -> None:
    assert decided(FRIDAY, replace(ENDED, reason="repetido")).text is None
    cancelled = replace(ENDED, stage="cancelled", reason="repetido", solution="pronto")
    assert decided(FRIDAY, cancelled).text == "repetido"


def test_nothing_is_done_on_an_open_ticket_or_twice() -> None:
    assert decided(FRIDAY, replace(ENDED, stage="in_progress", solution="x")) == NOTHING
    assert decided(FRIDAY, replace(ENDED, told=True, solution="x")) == NOTHING


def test_the_owner_has_time_then_is_asked_and_then_n0_the_next_business_morning() -> None:
    assert decided(FRIDAY, ENDED) == Closing(look_again_at=FRIDAY + PATIENCE)
    late = FRIDAY + PATIENCE
    monday = at("2026-11-30T09:00")
    assert decided(late, ENDED) == Closing(ask=Ask.OWNER, look_again_at=monday)
    asked = replace(ENDED, asked_owner_at=late)
    assert decided(late + timedelta(hours=1), asked) == Closing(look_again_at=monday)
    assert decided(monday, asked) == Closing(ask=Ask.FIRST_LEVEL)
    assert decided(monday, replace(asked, asked_first_level_at=monday)) == NOTHING


def test_without_an_owner_n0_is_asked_at_once() -> None:
    assert decided(FRIDAY + PATIENCE, replace(ENDED, owner=None)).ask is Ask.FIRST_LEVEL


def test_the_next_business_morning_is_never_today() -> None:
    assert next_business_morning(at("2026-11-30T08:00"), DESK) == at("2026-12-01T09:00")
