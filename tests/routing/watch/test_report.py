"""What became of a month's promises: one verdict a ticket, and shares that add up."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.watch.report import (
    Promised,
    Promises,
    Tally,
    Verdict,
    by_person,
    first_response,
    report,
    resolution,
)

DUE = datetime(2030, 11, 18, 12, 0, tzinfo=UTC)
TERM = DUE + timedelta(days=1)
SECOND = timedelta(seconds=1)


def ticket(**said: Any) -> Promised:
    """Opened before DUE; nobody has done anything on it."""
    values: dict[str, Any] = {
        "request_type": "bug",
        "level": "N1",
        "first_response_due": DUE,
        "resolution_due": TERM,
        "answered_at": None,
        "answered_by_person_at": None,
        "ended_at": None,
    }
    return Promised(**{**values, **said})


@pytest.mark.parametrize(
    ("said", "now", "verdict"),
    [
        ({"answered_at": DUE}, TERM, Verdict.KEPT),
        ({"answered_at": DUE + SECOND}, TERM, Verdict.LATE),
        ({}, DUE - SECOND, Verdict.RUNNING),
        ({}, DUE, Verdict.OVERDUE),
        # Done without a word to the client is no word to the client.
        ({"ended_at": DUE - SECOND}, TERM, Verdict.OVERDUE),
        ({"ended_at": DUE - SECOND, "cancelled": True}, TERM, Verdict.CANCELLED),
        ({"ended_at": DUE, "cancelled": True}, TERM, Verdict.OVERDUE),
        ({"ended_at": DUE, "cancelled": True, "answered_at": DUE}, TERM, Verdict.KEPT),
    ],
)
def test_a_first_response(said: dict[str, Any], now: datetime, verdict: Verdict) -> None:
    assert first_response(ticket(**said), now) is verdict


def test_a_persons_word_is_judged_apart_from_the_acknowledgement() -> None:
    answered = ticket(answered_at=DUE, answered_by_person_at=DUE + SECOND)
    assert first_response(answered, TERM) is Verdict.KEPT
    assert by_person(answered, TERM) is Verdict.LATE


@pytest.mark.parametrize(
    ("said", "now", "verdict"),
    [
        ({"ended_at": TERM}, TERM + SECOND, Verdict.KEPT),
        ({"ended_at": TERM + SECOND}, TERM + 2 * SECOND, Verdict.LATE),
        ({}, TERM - SECOND, Verdict.RUNNING),
        ({}, TERM, Verdict.OVERDUE),
        ({"resolution_due": None}, TERM, Verdict.UNTIMED),
        ({"resolution_due": None, "ended_at": TERM}, TERM, Verdict.UNTIMED),
        ({"ended_at": TERM + SECOND, "cancelled": True}, TERM + SECOND, Verdict.CANCELLED),
        ({"ended_at": DUE, "cancelled": True, "resolution_due": None}, TERM, Verdict.CANCELLED),
    ],
)
def test_a_resolution(said: dict[str, Any], now: datetime, verdict: Verdict) -> None:
    assert resolution(ticket(**said), now) is verdict


def test_what_is_not_judged_does_not_change_a_share() -> None:
    found = report(
        [
            ticket(ended_at=TERM),
            ticket(ended_at=TERM + SECOND),
            ticket(resolution_due=None),
            ticket(resolution_due=TERM + timedelta(days=9)),
            ticket(ended_at=DUE, cancelled=True),
            ticket(),
        ],
        now=TERM + SECOND,
    )
    assert found.total.resolution == Tally(
        kept=1, late=1, overdue=1, running=1, untimed=1, cancelled=1
    )
    assert found.total.resolution.share == pytest.approx(1 / 3)
    assert Tally(running=3).share is None


HOURS = st.integers(-100, 100)
INSTANTS = HOURS.map(lambda hours: DUE + hours * timedelta(hours=1))
TICKETS = st.lists(
    st.builds(
        Promised,
        request_type=st.sampled_from(("bug", "tax", "usage")),
        level=st.sampled_from(("N0", "N1")),
        first_response_due=INSTANTS,
        resolution_due=st.none() | INSTANTS,
        answered_at=st.none() | INSTANTS,
        answered_by_person_at=st.none() | INSTANTS,
        ended_at=st.none() | INSTANTS,
        cancelled=st.booleans(),
    ),
    max_size=30,
)


def tallies(promises: Promises) -> tuple[Tally, ...]:
    return promises.first_response, promises.by_person, promises.resolution


@given(TICKETS, INSTANTS)
def test_every_ticket_is_counted_once_by_type_once_by_level_and_once_in_all(
    tickets: list[Promised], now: datetime
) -> None:
    found = report(tickets, now=now)
    for tally in tallies(found.total):
        assert tally.received == len(tickets)
        assert tally.share is None or 0 <= tally.share <= 1
    for groups, of in ((found.types, "request_type"), (found.levels, "level")):
        for name, group in groups.items():
            mine = sum(getattr(each, of) == name for each in tickets)
            assert [tally.received for tally in tallies(group)] == [mine] * 3
        for number, tally in enumerate(tallies(found.total)):
            for verdict in Verdict:
                total = sum(getattr(tallies(each)[number], verdict) for each in groups.values())
                assert total == getattr(tally, verdict)


@given(TICKETS, INSTANTS, INSTANTS)
def test_time_never_turns_a_broken_promise_into_a_kept_one(
    tickets: list[Promised], early: datetime, later: datetime
) -> None:
    early, later = sorted((early, later))
    before, after = (report(tickets, now=at).total for at in (early, later))
    for was, now in zip(tallies(before), tallies(after), strict=True):
        assert now.kept == was.kept
        assert now.overdue >= was.overdue
