"""Escalation to the next level keeps the clock and leaves a trace."""

from collections.abc import Mapping

import pytest

from routing.roster import (
    Escalation,
    Load,
    NoHigherLevel,
    OwnedTicket,
    Person,
    Roster,
    UnknownLevel,
    escalate,
)
from tests.routing.calendar.shipped import DESK, at
from tests.routing.roster.team import MORNING, away, person

TEAM = (
    person("ana", "N0"),
    person("edu", "N1"),
    person("gil", "N2"),
    person("bel", "Coordenação"),
)


def ticket(
    level: str = "N1", owner: str | None = "edu", *, until_resolved: bool = False
) -> OwnedTicket:
    return OwnedTicket(
        level=level,
        owner=owner,
        request_type="bug",
        clients=("rosa@clinica.com.br", "Rosa"),
        first_response_due=at("2026-11-23 11:00"),
        resolution_due=None if until_resolved else at("2026-11-23 14:00"),
    )


def escalated(
    of: OwnedTicket,
    people: tuple[Person, ...] = TEAM,
    why: str = "",
    fallback: Mapping[str, str] | None = None,
) -> Escalation:
    team = Roster(people=people, fallback=fallback or {})
    return escalate(of, roster=team, calendar=DESK, load=Load(), at=at(MORNING), why=why)


def test_the_next_level_gets_it_and_the_clock_goes_on() -> None:
    found = escalated(ticket(), why="precisa de acesso ao banco.")
    assert (found.level_before, found.owner_before) == ("N1", "edu")
    assert (found.assignment.level, found.assignment.owner) == ("N2", "gil")
    assert found.first_response_due == at("2026-11-23 11:00")
    assert found.resolution_due == at("2026-11-23 14:00")
    assert found.trace == (
        "Escalado de N1 (edu) para N2 (gil). Motivo: precisa de acesso ao banco. "
        "Só Gil está em expediente no nível N2. Os prazos não mudam: resposta inicial até "
        "segunda-feira, 23/11/2026, às 11:00; solução até segunda-feira, 23/11/2026, às 14:00."
    )


def test_a_trace_without_reason_owner_or_due_time() -> None:
    found = escalated(ticket("N0", None, until_resolved=True))
    assert found.resolution_due is None
    assert found.trace.startswith("Escalado de N0 (sem responsável) para N1 (edu).")
    assert "Motivo: não informado." in found.trace
    assert found.trace.endswith("solução sem data.")


def test_a_level_with_nobody_is_passed_over() -> None:
    people = tuple(each for each in TEAM if each.login != "gil")
    assert escalated(ticket(), people).assignment.owner == "bel"


def test_the_settings_may_send_it_past_a_level_but_never_down() -> None:
    people = (person("ana", "N0"), person("bel", "Coordenação"))
    past = escalated(ticket("N0", "ana"), TEAM, fallback={"N1": "Coordenação"})
    assert past.assignment.owner == "edu", "somebody is on N1"
    down = escalated(ticket("N1", None), people, fallback={"N2": "N0"})
    assert down.assignment.owner == "bel"


def test_who_has_it_does_not_get_it_again() -> None:
    both = (person("edu", "N1", "N2"), person("gil", "N2"))
    assert escalated(ticket(), both).assignment.owner == "gil"
    with pytest.raises(NoHigherLevel):
        escalated(ticket(), (person("edu", "N1", "N2"),))


def test_with_all_above_on_leave_it_waits_for_who_is_back_first() -> None:
    people = (
        person("edu", "N1"),
        person("gil", "N2", absences=away("2026-11-16", "2026-12-04")),
        person("bel", "Coordenação", absences=away("2026-11-23", "2026-11-24")),
    )
    found = escalated(ticket(), people)
    assert found.assignment.owner == "bel"
    assert "volta primeiro" in found.trace


def test_above_the_last_level_there_is_nobody() -> None:
    with pytest.raises(NoHigherLevel, match="nobody else is on a level above Coordenação"):
        escalated(ticket("Coordenação", "bel"))
    with pytest.raises(UnknownLevel):
        escalated(ticket("N9"))
