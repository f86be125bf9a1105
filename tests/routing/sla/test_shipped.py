"""Every row of the shipped table (design, section 2), counted from instants that tell rules apart.

Monday 2026-11-23 10:00 lies within hours; Friday 2026-11-27 17:30 is half an hour before closing;
19:00 is after it; 2026-11-19 is the eve of a holiday on a Friday.
"""

from datetime import datetime

import pytest

from routing.sla import SlaTable, UnknownRequestType, UnknownService
from routing.sla.shipped import SHIPPED_SERVICES, SHIPPED_TYPES
from tests.routing.calendar.shipped import DESK, at

TABLE = SlaTable(types=SHIPPED_TYPES, services=SHIPPED_SERVICES)
MONDAY, FRIDAY = "2026-11-23 10:00", "2026-11-27 17:30"
EVENING, EVE = "2026-11-27 19:00", "2026-11-19 17:30"


@pytest.mark.parametrize(
    ("request_type", "level", "received", "first_response", "resolution"),
    [
        ("bug", "N1", MONDAY, "2026-11-23 11:00", "2026-11-23 14:00"),
        ("bug", "N1", FRIDAY, "2026-11-30 09:30", "2026-11-30 11:30"),
        ("bug", "N1", EVENING, "2026-11-30 10:00", "2026-11-30 12:00"),
        ("bug", "N1", EVE, "2026-11-23 09:30", "2026-11-23 11:30"),
        ("usage", "N0", MONDAY, "2026-11-23 11:00", "2026-11-26 10:00"),
        ("usage", "N0", FRIDAY, "2026-11-30 09:30", "2026-12-02 17:30"),
        ("improvement", "N0", MONDAY, "2026-11-23 11:00", "2026-11-30 18:00"),
        ("improvement", "N0", "2026-11-30 18:00", "2026-12-01 10:00", "2026-12-31 18:00"),
        ("accounting_monthly", "N0", MONDAY, "2026-11-23 11:00", "2026-11-26 10:00"),
        ("accounting_city", "N1", MONDAY, "2026-11-23 11:00", "2026-12-07 18:00"),
        ("accounting_city", "N1", FRIDAY, "2026-11-30 09:30", "2026-12-11 18:00"),
        ("accounting_service", "N1", MONDAY, "2026-11-23 11:00", "2026-11-25 18:00"),
        ("tax", "N1", FRIDAY, "2026-11-30 09:30", "2026-12-01 18:00"),
        ("tax", "N1", EVENING, "2026-11-30 10:00", "2026-12-02 18:00"),
        ("contract", "N0", FRIDAY, "2026-11-30 09:30", "2026-12-01 18:00"),
        ("internal", "Coordenação", MONDAY, "2026-11-23 11:00", None),
        ("unclassified", "N0", MONDAY, "2026-11-23 12:00", "2026-11-26 10:00"),
    ],
)
def test_a_row(
    request_type: str, level: str, received: str, first_response: str, resolution: str | None
) -> None:
    due = TABLE.due_times(request_type, at(received), DESK)
    assert TABLE.level(request_type) == level
    assert due.first_response_due == at(first_response)
    assert due.resolution_due == (at(resolution) if resolution else None)


def test_no_row_is_left_out_above() -> None:
    assert set(SHIPPED_TYPES) == {
        "bug",
        "usage",
        "improvement",
        "accounting_monthly",
        "accounting_city",
        "accounting_service",
        "tax",
        "contract",
        "internal",
        "unclassified",
    }


@pytest.mark.parametrize(
    ("service", "resolution"),
    [
        ("reemissao_guia", "2026-11-24 18:00"),
        ("cancelamento_nota", "2026-11-24 18:00"),
        ("cnd", "2026-11-25 18:00"),
        ("declaracao_faturamento", "2026-11-25 18:00"),
        ("admissao", "2026-11-26 18:00"),
        ("decore", "2026-11-26 18:00"),
        ("parcelamento", "2026-11-30 18:00"),
        ("alteracao_contratual", "2026-12-14 18:00"),
        ("abertura_empresa", "2026-12-21 18:00"),
        ("baixa_empresa", "2027-01-06 18:00"),
    ],
)
def test_each_service_has_its_own_term(service: str, resolution: str) -> None:
    due = TABLE.due_times("accounting_service", at(MONDAY), DESK, service=service)
    assert due.resolution_due == at(resolution)
    assert due.first_response_due == at("2026-11-23 11:00")


def test_no_service_is_left_out_above() -> None:
    assert len(SHIPPED_SERVICES) == 10


def test_a_service_changes_nothing_for_a_type_that_is_not_by_service() -> None:
    with_service = TABLE.due_times("bug", at(MONDAY), DESK, service="cnd")
    assert with_service.resolution_due == TABLE.due_times("bug", at(MONDAY), DESK).resolution_due
    assert "não muda o prazo" in with_service.explanation[-1]


def test_unknown_names_say_what_was_probably_meant() -> None:
    with pytest.raises(UnknownRequestType, match="did you mean 'bug'"):
        TABLE.due_times("bugg", at(MONDAY), DESK)
    with pytest.raises(UnknownService, match="did you mean 'cnd'"):
        TABLE.due_times("accounting_service", at(MONDAY), DESK, service="CND ")


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        TABLE.due_times("bug", datetime.fromisoformat("2026-11-23T10:00"), DESK)
