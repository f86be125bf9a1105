"""What each level looks at in the morning: every open ticket where it is owed most."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.settings.calendar import Calendar
from routing.vocabulary import Stage
from routing.watch.digest import DigestPolicy, DigestTicket, Topic, digest, for_level
from routing.watch.state import TicketState

ZONE = ZoneInfo("America/Sao_Paulo")
CALENDAR = Calendar().build()
MONDAY = datetime(2030, 11, 18, 9, 0, tzinfo=ZONE)
HOUR = timedelta(hours=1)
POLICY = DigestPolicy()


def ticket(*, level: str = "N1", **said: Any) -> DigestTicket:
    beside = {
        key: said.pop(key) for key in ("touched_at", "asked_at", "client_wrote_at") if key in said
    }
    state = {
        "id": 1,
        "number": "R3-2030-000001",
        "request_type": "bug",
        "level": level,
        "received_at": MONDAY - HOUR,
        "assigned_at": MONDAY - HOUR,
        "first_response_due": MONDAY + HOUR,
        **said,
    }
    return DigestTicket(state=TicketState(**state), **{"touched_at": MONDAY - HOUR, **beside})


def topics(*tickets: DigestTicket) -> list[Topic]:
    found = digest(tickets, now=MONDAY, calendar=CALENDAR, policy=POLICY)
    return [section.topic for section in found]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, [Topic.NEW]),
        ({"seen_at": MONDAY}, [Topic.UNSCHEDULED]),
        ({"stage": Stage.IN_PROGRESS}, [Topic.UNSCHEDULED]),
        ({"stage": Stage.SCHEDULED, "deadline": MONDAY + 30 * HOUR}, []),
        ({"stage": Stage.SCHEDULED, "deadline": MONDAY + 5 * HOUR}, [Topic.DUE_TODAY]),
        ({"resolution_due": MONDAY + 5 * HOUR}, [Topic.DUE_TODAY]),
        ({"resolution_due": MONDAY}, [Topic.OVERDUE]),
        # The owner's date is what the client expects, whatever the term says.
        ({"resolution_due": MONDAY - HOUR, "deadline": MONDAY + 5 * HOUR}, [Topic.DUE_TODAY]),
        ({"touched_at": MONDAY - 7 * 24 * HOUR}, [Topic.NEW, Topic.STOPPED]),
        (
            {"asked_at": MONDAY - HOUR, "touched_at": MONDAY - 200 * HOUR},
            [Topic.NEW, Topic.WAITING],
        ),
        ({"asked_at": MONDAY - 2 * HOUR, "client_wrote_at": MONDAY - HOUR}, [Topic.NEW]),
        ({"stage": Stage.DONE}, []),
        ({"stage": Stage.CANCELLED, "resolution_due": MONDAY - HOUR}, []),
    ],
)
def test_a_ticket_stands_where_it_is_owed_most(said: dict[str, Any], expected: list[Topic]) -> None:
    assert topics(ticket(**said)) == expected


def test_a_weekend_is_no_standing_still() -> None:
    friday_evening = MONDAY - timedelta(days=2, hours=16)
    assert topics(ticket(touched_at=friday_evening)) == [Topic.NEW]


def test_the_most_pressing_come_first_and_the_rest_is_counted() -> None:
    late = [ticket(id=n, resolution_due=MONDAY - n * HOUR) for n in range(1, 31)]
    [section] = digest(late, now=MONDAY, calendar=CALENDAR, policy=DigestPolicy(most=3))
    assert [line.ticket.state.id for line in section.lines] == [30, 29, 28]
    assert section.total == 30


def test_the_first_and_the_last_level_see_all_and_the_others_their_own() -> None:
    some = [ticket(level="N1"), ticket(level="N2"), ticket(level="gone")]
    levels = ("N0", "N1", "N2", "Coordenação")
    seen = {
        level: [each.state.level for each in for_level(some, level, levels)] for level in levels
    }
    assert seen["N0"] == seen["Coordenação"] == ["N1", "N2", "gone"]
    assert (seen["N1"], seen["N2"]) == (["N1"], ["N2"])


hours = st.integers(-400, 400).map(lambda n: MONDAY + n * HOUR)


@given(
    stage=st.sampled_from(Stage),
    deadline=st.none() | hours,
    due=st.none() | hours,
    seen=st.none() | hours,
    now=hours,
)
def test_nothing_that_is_open_and_without_a_future_date_is_left_out(
    stage: Stage,
    deadline: datetime | None,
    due: datetime | None,
    seen: datetime | None,
    now: datetime,
) -> None:
    one = ticket(stage=stage, deadline=deadline, resolution_due=due, seen_at=seen)
    found = digest([one], now=now, calendar=CALENDAR, policy=POLICY)
    owed = [each.topic for each in found if each.topic not in (Topic.STOPPED, Topic.WAITING)]
    if stage.is_closed:
        assert not found
    elif stage is Stage.NEW or deadline is None or deadline <= now:
        assert len(owed) == 1
