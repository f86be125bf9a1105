"""When alarms ring: whatever a ticket and the firm's settings are."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from routing.calendar import BusinessCalendar, PublicHolidays, parse_hours
from routing.sla import BusinessTime
from routing.vocabulary import Priority, Stage
from routing.watch.alarms import ALARMS, AlarmKind, AlarmPolicy, alarms_of, still_holds
from routing.watch.state import TicketState

ZONE = ZoneInfo("America/Sao_Paulo")
HOURS = parse_hours(("09:00-12:00", "13:00-18:00"))
CALENDAR = BusinessCalendar(zone=ZONE, week=(HOURS,) * 5 + ((), ()), holidays=PublicHolidays())
POLICY = AlarmPolicy()
MONDAY = datetime(2030, 11, 18, 9, 0, tzinfo=ZONE)

instants = st.integers(0, 2 * 365 * 24 * 3600).map(
    lambda seconds: MONDAY - timedelta(days=300) + timedelta(seconds=seconds)
)
maybe = st.none() | instants
states = st.builds(
    TicketState,
    id=st.integers(1, 9),
    number=st.just("R3-2030-000001"),
    request_type=st.just("bug"),
    priority=st.sampled_from(Priority),
    level=st.just("N1"),
    owner=st.sampled_from([None, "edu"]),
    stage=st.sampled_from(Stage),
    received_at=instants,
    assigned_at=instants,
    first_response_due=instants,
    resolution_due=maybe,
    deadline=maybe,
    deadline_set_at=maybe,
    acknowledged_at=maybe,
    reopened_at=maybe,
    seen_at=maybe,
    fired_at=st.dictionaries(st.sampled_from(AlarmKind), instants, max_size=3),
)
policies = st.builds(
    AlarmPolicy,
    schedule_within=st.integers(1, 40).map(lambda hours: BusinessTime(timedelta(hours=hours))),
    warn_at=st.floats(0.01, 0.99),
    off=st.frozensets(st.sampled_from(AlarmKind), max_size=3),
)


def state(**changes: object) -> TicketState:
    """Received and assigned on Monday at nine, acknowledged, due on Thursday at eleven."""
    plain = TicketState(
        id=1,
        number="R3-2030-000001",
        request_type="bug",
        level="N1",
        owner="edu",
        received_at=MONDAY,
        assigned_at=MONDAY,
        first_response_due=MONDAY.replace(hour=10),
        resolution_due=MONDAY.replace(day=21, hour=11),
        acknowledged_at=MONDAY,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def rings(**changes: object) -> dict[str, str]:
    """Kind → when."""
    found = alarms_of(state(**changes), CALENDAR, POLICY)
    return {alarm.kind.value: f"{alarm.due_at:%a %H:%M}" for alarm in found}


@given(states, policies)
def test_alarms_ring_in_business_hours_and_each_is_about_one_instant(
    ticket: TicketState, policy: AlarmPolicy
) -> None:
    found = alarms_of(ticket, CALENDAR, policy)
    assert all(CALENDAR.is_open(alarm.due_at) for alarm in found)
    assert len({(alarm.kind, alarm.about) for alarm in found}) == len(found)
    assert not {alarm.kind for alarm in found} & policy.off
    assert all(still_holds(alarm, ticket, CALENDAR, policy) for alarm in found)


@given(states, policies)
def test_what_is_closed_rings_no_more(ticket: TicketState, policy: AlarmPolicy) -> None:
    found = alarms_of(ticket, CALENDAR, policy)
    for stage in (Stage.DONE, Stage.CANCELLED):
        closed = replace(ticket, stage=stage)
        assert alarms_of(closed, CALENDAR, policy) == ()
        assert not any(still_holds(alarm, closed, CALENDAR, policy) for alarm in found)


@given(states, policies)
def test_a_warning_comes_before_what_it_warns_of(ticket: TicketState, policy: AlarmPolicy) -> None:
    found = {alarm.kind: alarm for alarm in alarms_of(ticket, CALENDAR, policy)}
    for near, end in (
        (AlarmKind.RESOLUTION_NEAR, AlarmKind.RESOLUTION_BREACH),
        (AlarmKind.DEADLINE_NEAR, AlarmKind.DEADLINE_BREACH),
    ):
        if near in found and end in found:
            assert found[near].about == found[end].about
            assert found[near].due_at < found[end].due_at


@given(states, policies)
def test_an_alarm_that_has_rung_is_set_again_only_for_another_instant(
    ticket: TicketState, policy: AlarmPolicy
) -> None:
    before = {(alarm.kind, alarm.about) for alarm in alarms_of(ticket, CALENDAR, policy)}
    for alarm in alarms_of(ticket, CALENDAR, policy):
        told_at = alarm.due_at + timedelta(minutes=1)
        fired = replace(ticket, fired_at={**ticket.fired_at, alarm.kind: told_at})
        again = [each for each in alarms_of(fired, CALENDAR, policy) if each.kind is alarm.kind]
        for each in again:
            assert (each.kind, each.about) in before or each.due_at > told_at


def test_every_kind_has_its_rule() -> None:
    assert set(ALARMS) == set(AlarmKind)


def test_an_ordinary_ticket() -> None:
    assert rings() == {
        "unscheduled": "Mon 11:00",
        # 18 business hours over a holiday: 14 h 24 min are four fifths.
        "resolution-near": "Tue 16:24",
        "resolution-breach": "Thu 11:00",
    }


def test_a_ticket_that_is_scheduled() -> None:
    friday = MONDAY.replace(day=22, hour=18)
    found = rings(
        stage=Stage.SCHEDULED, deadline=friday, deadline_set_at=MONDAY.replace(day=22, hour=13)
    )
    assert found == {
        "resolution-near": "Tue 16:24",
        "resolution-breach": "Thu 11:00",
        "deadline-near": "Fri 17:00",
        # A date at closing is over when the desk opens again.
        "deadline-breach": "Mon 09:00",
    }


def test_a_date_in_the_past_gives_no_warning() -> None:
    found = rings(stage=Stage.SCHEDULED, deadline=MONDAY.replace(hour=8))
    assert "deadline-near" not in found
    assert found["deadline-breach"] == "Mon 09:00"


def test_a_desk_that_never_opens_has_no_alarms() -> None:
    never = BusinessCalendar(zone=ZONE, week=((),) * 7)
    assert alarms_of(state(), never, POLICY) == ()


def test_the_first_reminder_of_what_comes_in_at_the_weekend_is_on_monday() -> None:
    saturday = MONDAY.replace(day=16)
    assert rings(resolution_due=None, assigned_at=saturday)["reminder"] == "Mon 09:00"
    assert rings(resolution_due=None, assigned_at=MONDAY)["reminder"] == "Tue 09:00"


def test_a_silently_imported_ticket_rings_only_for_its_owners_own_date() -> None:
    imported = {"imported_silently": True, "acknowledged_at": None, "priority": Priority.HIGH}
    assert rings(**imported) == {}
    assert rings(**imported, resolution_due=None) == {}
    friday = MONDAY.replace(day=MONDAY.day + 4, hour=11)
    assert rings(**imported, deadline=friday).keys() == {"deadline-near", "deadline-breach"}
