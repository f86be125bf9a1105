"""What counts as a change that people made at the desk."""

from datetime import UTC, datetime
from typing import Any

import pytest

from intake.ports.desk_snapshots import (
    Author,
    DeskSnapshot,
    Known,
    Traces,
    client_at_first,
    differences,
    priorities_of,
    stage_in_effect,
)
from routing.vocabulary import Stage

AT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
EARLIER = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
VALUES: dict[str, Any] = {
    "stage": "new",
    "closed": False,
    "owner": "edu.n1",
    "priority": "medium",
    "deadline": None,
    "client": "Bia Souza",
}
PROMISED = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
WRITTEN = {
    **{name: VALUES[name] for name in ("stage", "owner", "priority")},
    "deadline": PROMISED,
}
RAW = {
    "stage": [1, "01_in_progress"],
    "closed": [1, "01_in_progress"],
    "owner": [7],
    "priority": "2",
    "deadline": False,
    "client": [40],
}
ANA = Author(login="ana.n0", at=EARLIER, ours=False)
OURS = Author(login="intake", at=EARLIER, ours=True)


def known(**changes: Any) -> Known:
    """A ticket that was seen as we wrote it."""
    return Known(**{"values": VALUES, "written": WRITTEN, "seen": RAW, **changes})


def snapshot(by: str = "eva", *, raw: dict[str, Any] | None = None, **values: Any) -> DeskSnapshot:
    """As it was, but for `values`, each with another raw value."""
    touched = {name: ["other"] for name in values}
    return DeskSnapshot(
        ref="1",
        at=AT,
        by=by,
        ours=by == "intake",
        raw={**RAW, **touched, **(raw or {})},
        values={
            name: value if isinstance(value, tuple) else (value,)
            for name, value in {**VALUES, **values}.items()
        },
    )


def found(*arguments: Any) -> dict[str, Any]:
    return {change.field: change.after for change in differences(*arguments)}


def test_what_is_as_it_was_is_no_change() -> None:
    assert differences(known(), snapshot()) == ()


def test_somebody_schedules_a_ticket() -> None:
    due = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)
    changes = differences(known(), snapshot("edu.n1", stage="scheduled", deadline=due))
    assert [(c.field, c.before, c.after, c.who, c.at) for c in changes] == [
        ("stage", "new", "scheduled", "edu.n1", AT),
        ("deadline", None, due, "edu.n1", AT),
    ]


def test_the_promised_term_is_no_deadline_before_somebody_schedules() -> None:
    first = known(seen=None)
    assert found(first, snapshot("eva", deadline=PROMISED)) == {}
    adopted = snapshot("eva", stage="scheduled", deadline=PROMISED)
    assert found(known(), adopted) == {"stage": "scheduled", "deadline": PROMISED}


def test_one_of_several_assignees_is_still_the_owner() -> None:
    assert found(known(), snapshot(owner=("ana.n0", "edu.n1"))) == {}
    assert found(known(), snapshot(owner=("ana.n0", "eva"))) == {"owner": "ana.n0"}


def test_a_stage_of_the_firms_own_leaves_ours_as_it_is() -> None:
    assert found(known(), snapshot(stage=())) == {}


def test_what_we_are_about_to_write_over_is_no_change_of_somebody() -> None:
    escalated = known(values={**VALUES, "owner": "eva"}, seen=None)
    assert found(escalated, snapshot("intake")) == {}
    assert found(escalated, snapshot("ana.n0")) == {}


def test_our_own_writing_is_no_change_even_where_it_is_not_noted_yet() -> None:
    escalated_twice = known(values={**VALUES, "owner": "third"})
    assert found(escalated_twice, snapshot("intake", owner="second")) == {}


def test_somebodys_change_shows_behind_our_later_writing() -> None:
    behind = snapshot("intake", stage="scheduled")
    traces = Traces(other=ANA)
    [change] = differences(known(), behind, traces)
    assert (change.field, change.who, change.at) == ("stage", "ana.n0", EARLIER)


def test_what_somebody_did_before_the_last_look_is_not_blamed_on_them() -> None:
    seen_later = known(seen_at=AT)
    assert found(seen_later, snapshot("intake", stage="scheduled"), Traces(other=ANA)) == {}


def test_each_change_has_its_own_author_where_the_desk_tells() -> None:
    traces = Traces(fields={"stage": ANA, "owner": OURS}, other=ANA)
    changes = differences(known(), snapshot("eva", stage="scheduled", owner="x"), traces)
    assert [(change.field, change.who) for change in changes] == [("stage", "ana.n0")]


def test_nobody_is_blamed_where_nobody_is_known() -> None:
    [change] = differences(known(), snapshot("", stage="scheduled"))
    assert change.who is None


@pytest.mark.parametrize("by", ["intake", "eva"])
def test_the_client_that_we_found_is_no_change(by: str) -> None:
    first = known(seen=None)
    assert found(first, snapshot(by, client="Clínica Sol")) == {}
    assert client_at_first(first, snapshot(by, client="Clínica Sol")) == "Clínica Sol"


def test_a_later_client_is_a_change() -> None:
    assert found(known(), snapshot(client="Clínica Sol")) == {"client": "Clínica Sol"}
    assert client_at_first(known(), snapshot(client="Clínica Sol")) is None


@pytest.mark.parametrize(
    ("stage", "ended", "effect"),
    [
        (Stage.NEW, None, Stage.NEW),
        (Stage.IN_PROGRESS, Stage.DONE, Stage.DONE),
        (None, Stage.CANCELLED, Stage.CANCELLED),
        (None, None, None),
        (Stage.DONE, None, Stage.DONE),
        (Stage.DONE, Stage.CANCELLED, Stage.DONE),
    ],
)
def test_the_status_ends_a_ticket_whatever_its_stage(
    stage: Stage | None, ended: Stage | None, effect: Stage | None
) -> None:
    assert stage_in_effect(stage, ended) == effect


@pytest.mark.parametrize(
    ("stars", "meant"), [("0", ("low",)), ("1", ("low",)), ("2", ("medium",)), ("3", ("high",))]
)
def test_stars_are_priorities(stars: str, meant: tuple[str, ...]) -> None:
    assert priorities_of(stars, {"high": "3", "medium": "2", "low": "1"}) == meant


def test_one_star_may_stand_for_two_priorities() -> None:
    both = priorities_of("1", {"high": "3", "medium": "1", "low": "1"})
    assert both == ("low", "medium")
    assert found(known(), snapshot(priority=both)) == {}
