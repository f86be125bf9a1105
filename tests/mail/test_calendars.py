"""Invitations, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.email.reading import calendars

EVENT = (
    "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VTIMEZONE\r\nTZID:America/Sao_Paulo\r\n"
    "DTSTART:19700101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n{lines}\r\n"
    "BEGIN:VALARM\r\nSUMMARY:alarme\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def described(*lines: str, method: str = "REQUEST") -> list[str]:
    """The lines that an event of those lines gives."""
    return calendars.describe(EVENT.format(method=method, lines="\r\n".join(lines))).split("\n")


@pytest.mark.parametrize(
    ("method", "first"),
    [
        ("REQUEST", "Convite: Reunião"),
        ("CANCEL", "Cancelamento do compromisso: Reunião"),
        ("REPLY", "Resposta ao convite: Reunião"),
        ("PUBLISH", "Compromisso: Reunião"),
    ],
)
def test_what_kind_it_is(method: str, first: str) -> None:
    assert described("SUMMARY:Reunião", method=method) == [first]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (
            "DTSTART;TZID=America/Sao_Paulo:20261126T150000",
            "26/11/2026 às 15h00 (America/Sao_Paulo)",
        ),
        ("DTSTART:20261126T180000Z", "26/11/2026 às 18h00 (UTC)"),
        ("DTSTART:20261126T150000", "26/11/2026 às 15h00"),
        ("DTSTART;VALUE=DATE:20261126", "26/11/2026"),
        ('DTSTART;TZID="(UTC-03:00) Brasília":20261126T150000', "26/11/2026 às 15h00 ((UTC-03)"),
    ],
)
def test_when(start: str, words: str) -> None:
    assert described("SUMMARY:x", start)[1].startswith(f"Quando: {words[:18]}")
    if '"' not in start:
        assert described("SUMMARY:x", start)[1] == f"Quando: {words}"


@pytest.mark.parametrize("start", ["DTSTART:99999999T999999", "DTSTART:ontem", "DTSTART:"])
def test_an_impossible_time_is_left_out(start: str) -> None:
    assert described("SUMMARY:x", start) == ["Convite: x"]


def test_place_people_folds_and_escapes() -> None:
    assert described(
        "SUMMARY:Abertura de empresa\\, parte 1\\; docu",
        " mentos",
        "LOCATION:Rua A\\, 1",
        'ORGANIZER;CN="Souto, Rafael":mailto:rafael@exemplo.com.br',
    ) == [
        "Convite: Abertura de empresa, parte 1; documentos",
        "Onde: Rua A, 1",
        "Quem convida: Souto, Rafael (rafael@exemplo.com.br)",
    ]


@given(st.text(max_size=300))
def test_never_fails(text: str) -> None:
    assert calendars.describe(text).count("\n") <= 3
    assert calendars.describe(f"BEGIN:VEVENT\n{text}").count("\n") <= 3
