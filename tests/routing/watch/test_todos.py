"""When a to-do asks for nothing any more."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from routing.vocabulary import Stage
from routing.watch.alarms import AlarmKind
from routing.watch.change_sets import Change, TicketFields, deeds_of, ended_at
from routing.watch.state import TicketState
from routing.watch.todos import SUMMARIES, is_settled

BEGIN = datetime(2030, 11, 18, 12, 0, tzinfo=UTC)
WRITTEN = BEGIN + timedelta(hours=2)
NOW = WRITTEN + timedelta(hours=1)


def state(**values: Any) -> TicketState:
    plain: dict[str, Any] = {
        "id": 1,
        "number": "R3-2030-000001",
        "request_type": "bug",
        "level": "N1",
        "received_at": BEGIN,
        "assigned_at": BEGIN,
        "first_response_due": BEGIN + timedelta(hours=1),
    }
    return TicketState(**plain | values)


def settled(kind: AlarmKind, **values: Any) -> bool:
    return is_settled(kind, state(**values), written_at=WRITTEN, now=NOW)


@pytest.mark.parametrize("kind", AlarmKind)
def test_an_end_or_another_owner_settles_all_and_nothing_settles_none(kind: AlarmKind) -> None:
    assert SUMMARIES[kind].format(number="R3-1").endswith(": R3-1")
    assert not settled(kind)
    assert settled(kind, stage=Stage.DONE)
    assert settled(kind, stage=Stage.CANCELLED)
    assert settled(kind, assigned_at=WRITTEN + timedelta(minutes=1))
    assert settled(kind, reopened_at=WRITTEN + timedelta(minutes=1))


def test_each_is_settled_by_what_it_asks_for() -> None:
    scheduled = {"stage": Stage.SCHEDULED, "deadline": NOW + timedelta(days=1)}
    by_scheduling = {kind for kind in AlarmKind if settled(kind, **scheduled)}
    assert by_scheduling == {AlarmKind.URGENT, AlarmKind.UNSCHEDULED, AlarmKind.DEADLINE_BREACH}
    late = {"stage": Stage.SCHEDULED, "deadline": NOW - timedelta(minutes=1)}
    assert not settled(AlarmKind.DEADLINE_BREACH, **late)
    answered = {kind for kind in AlarmKind if settled(kind, acknowledged_at=NOW)}
    assert answered == {AlarmKind.FIRST_RESPONSE}


def test_a_ticket_ended_when_the_last_of_the_deeds_ended_it() -> None:
    def moved(before: str, after: str, minute: int) -> Change:
        at = BEGIN + timedelta(minutes=minute)
        return Change(field="stage", before=before, after=after, who="edu", at=at)

    closed, opened = moved("new", "done", 1), moved("done", "new", 2)
    again, other = moved("new", "done", 3), moved("done", "cancelled", 4)
    done, new = TicketFields(stage="done"), TicketFields(stage="new")
    assert ended_at(deeds_of([closed], done)) == closed.at
    assert ended_at(deeds_of([closed, opened], new)) is None
    assert ended_at(deeds_of([closed, opened, again], done)) == again.at
    assert ended_at(deeds_of([other], TicketFields(stage="cancelled"))) is None
    assert ended_at([]) is None
