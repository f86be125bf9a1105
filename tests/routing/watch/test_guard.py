"""The guard, early starts and moved dates as pure decisions."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from routing.watch.change_sets import Change, TicketFields, Value, before_all, deeds_of
from routing.watch.guard import GUARDED, Answer, Guard, violations
from routing.watch.moved import DateNews, announcement, tell_at
from routing.watch.started import early_start

AT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 1, 21, 0, tzinfo=UTC)
EDU, ANA, FIA = "edu.n1", "ana.n0", "fia.n1"
REVERT = dict.fromkeys(GUARDED, Guard.REVERT)


def change(field: str, before: Value, after: Value, who: str | None, minute: int = 0) -> Change:
    at = AT + timedelta(minutes=minute)
    return Change(field=field, before=before, after=after, who=who, at=at)


def answers(*changes: Change, now: TicketFields, reverted: tuple[str, ...] = ()) -> list[Answer]:
    return [
        each.answer
        for change_set in deeds_of(changes, now)
        for each in violations(change_set, guards=REVERT, first_level=[ANA], reverted=reverted)
    ]


def test_one_form_that_was_saved_is_one_deed() -> None:
    now = TicketFields(stage="scheduled", owner=EDU, deadline=DUE, priority="high")
    one, other = deeds_of(
        [
            change("stage", "new", "scheduled", EDU),
            change("deadline", None, DUE, EDU),
            change("priority", "low", "high", FIA, 1),
        ],
        now,
    )
    assert (one.before.stage, one.after.deadline, one.after.priority) == ("new", DUE, "low")
    assert other.after == now


def test_who_hands_over_and_who_takes_may_change_what_they_like() -> None:
    now = TicketFields(stage="scheduled", owner=FIA, priority="high")
    handed = [change("owner", EDU, FIA, EDU), change("priority", "low", "high", EDU)]
    taken = [change("owner", EDU, FIA, FIA), change("priority", "low", "high", FIA)]
    assert answers(*handed, now=now) == answers(*taken, now=now) == []


def test_a_third_one_may_not() -> None:
    now = TicketFields(stage="scheduled", owner=FIA, priority="high")
    by_ana = [change("owner", EDU, FIA, ANA), change("priority", "low", "high", ANA)]
    assert answers(*by_ana, now=now) == [Answer.REVERT]
    assert answers(*by_ana, now=now, reverted=("priority",)) == [Answer.CONFLICT]


def test_a_ticket_of_nobody_and_one_that_ended_are_not_guarded() -> None:
    some = change("priority", "low", "high", FIA)
    assert answers(some, now=TicketFields(stage="scheduled", owner=None, priority="high")) == []
    assert answers(some, now=TicketFields(stage="done", owner=EDU, priority="high")) == []


def test_a_client_where_there_was_none_takes_nothing_from_anybody() -> None:
    now = TicketFields(stage="scheduled", owner=EDU, client="Clínica Sol")
    assert answers(change("client", None, "Clínica Sol", FIA), now=now) == []
    assert answers(change("client", "Bia", "Clínica Sol", FIA), now=now) == [Answer.REVERT]


def test_a_deadline_that_was_not_there_cannot_be_put_back() -> None:
    now = TicketFields(stage="scheduled", owner=EDU, deadline=DUE)
    assert answers(change("deadline", None, DUE, FIA), now=now) == [Answer.NOTE]


def test_new_and_started_with_a_date_of_ones_own_is_scheduled() -> None:
    started = change("stage", "new", "in_progress", EDU)
    promised = DUE - timedelta(days=2)
    [own] = deeds_of([started], TicketFields(stage="in_progress", owner=EDU, deadline=DUE))
    [prefilled] = deeds_of(
        [started], TicketFields(stage="in_progress", owner=EDU, deadline=promised)
    )
    assert early_start(own, promised=promised) is None
    found = early_start(prefilled, promised=promised)
    assert found is not None
    assert (found.unscheduled, found.by_other) == (True, False)


def test_what_a_client_hears_of_dates() -> None:
    def news(told: datetime | None, now: datetime | None, **how: bool) -> DateNews | None:
        found = announcement(told, now, **{"is_closed": False, "notify_schedule": True, **how})
        return found.news if found else None

    later = DUE + timedelta(days=1)
    assert news(None, DUE) is DateNews.SCHEDULED
    assert news(None, DUE, notify_schedule=False) is None
    assert news(DUE, later) is DateNews.MOVED
    assert news(DUE, later, notify_reschedules=False) is None
    assert news(DUE, DUE + timedelta(seconds=20)) is None
    assert news(DUE, None) is None
    assert news(DUE, later, is_closed=True) is None


@given(st.lists(st.integers(0, 9 * 60), min_size=1))
def test_moves_within_the_time_are_told_together(seconds: list[int]) -> None:
    gather = timedelta(minutes=10)
    pending = None
    for each in sorted(seconds):
        pending = tell_at(pending, AT + timedelta(seconds=each), gather=gather)
    assert pending == AT + timedelta(seconds=min(seconds)) + gather


VALUES = st.sampled_from(["low", "medium", "high"])


@given(VALUES, st.lists(st.tuples(VALUES, st.sampled_from([EDU, ANA, FIA, None])), max_size=8))
def test_deeds_lead_from_before_to_now(first: str, then: list[tuple[str, str | None]]) -> None:
    value, changes = first, []
    for minute, (after, who) in enumerate(then):
        changes.append(change("priority", value, after, who, minute))
        value = after
    now = TicketFields(stage="scheduled", owner=EDU, priority=value)
    assert before_all(changes, now).priority == first
    change_sets = deeds_of(changes, now)
    for one, other in pairwise(change_sets):
        assert one.after == other.before
    if change_sets:
        assert change_sets[-1].after == now
