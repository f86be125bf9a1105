"""A command by the firm's tables: what they do not have is refused, with what they have."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.commands.command import Command, Help, Talk, Wrong
from routing.commands.dates import iso_deadline
from routing.commands.heeding import Heeded, Unopened, follow, follow_up
from routing.commands.parameters import PARAMETERS
from routing.commands.parse import read_line
from routing.roster import Person, Roster
from routing.sla import SlaTable
from routing.sla.shipped import SHIPPED_SERVICES, SHIPPED_TYPES
from routing.triage import Procedure
from tests.routing.watch.test_audience import CALENDAR

ZONE = ZoneInfo("America/Sao_Paulo")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
PROCEDURE = Procedure(
    sla=SlaTable(types=SHIPPED_TYPES, services=SHIPPED_SERVICES),
    calendar=CALENDAR,
    roster=Roster(
        levels=("N0", "N1", "N2", "Coordenação"),
        people=(
            Person(login="ana.n0", name="Ana Lima", email="ana@r3.com.br", levels=("N0",)),
            Person(login="ana.n1", name="Ana Reis", levels=("N1",)),
            Person(login="edu.n1", name="Edu Reis", levels=("N1",)),
        ),
    ),
)


def heeded(line: str) -> dict[str, str]:
    command = read_line(f"/ticket App {line}")
    assert isinstance(command, Command)
    found = follow_up(command, PROCEDURE, NOW)
    assert isinstance(found, Heeded), found
    return dict(found.fields)


def refused(line: str) -> str:
    command = read_line(f"/ticket App {line}")
    assert isinstance(command, Command)
    found = follow_up(command, PROCEDURE, NOW)
    assert isinstance(found, Wrong), found
    assert "\n" not in found.words
    assert "Exemplo: /ticket " in found.words
    return found.words


@pytest.mark.parametrize(
    ("line", "key", "value"),
    [
        ("prioridade:ALTA", "priority", "alta"),
        ("prioridade:média", "priority", "media"),
        ("prioridade:⭐⭐⭐", "priority", "high"),
        ("prioridade:urgente", "priority", "high"),
        ("responsavel:EDU.N1", "owner", "EDU.N1"),
        ("responsavel:@edu.n1", "owner", "edu.n1"),
        ("responsavel:Edu", "owner", "edu.n1"),
        ('responsavel:"ana lima"', "owner", "ana.n0"),
        ("prazo:1/12", "deadline", "2026-12-01"),
        ("prazo:amanhã", "deadline", "2026-11-25"),
        ('prazo:"1/12 às 15h30"', "deadline", "2026-12-01T15:30"),
    ],
)
def test_values_are_read_generously(line: str, key: str, value: str) -> None:
    assert heeded(line) == {"title": "App", key: value}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "prioridade:altíssima",
            "Não conheço prioridade “altíssima”. Conheço: alta, média, baixa.",
        ),
        ("tipo:fornecedor", "Conheço: cliente, interno."),
        ("nivel:N7", "Conheço: N0, N1, N2, Coordenação."),
        ("responsavel:Ana", "Não conheço responsável “Ana”. Conheço: ana.n0, ana.n1, edu.n1."),
        ("solicitacao:bgu", "bug, usage"),
        ("servico:cdn", "cnd"),
        ("canal:fax", "telefone"),
        ("confirmar:talvez", "sim, não"),
        ("prazo:31/2", "“31/2” não é uma data"),
        ("prazo:logo", "não é uma data"),
        ("prazo:23/11", "O prazo “23/11” já passou"),
        ("prazo:2015-01-01", "já passou"),
    ],
)
def test_a_value_that_means_nothing_is_refused(line: str, said: str) -> None:
    assert said in refused(line)


def test_help_shows_every_parameter_and_the_firms_own_names() -> None:
    answer = follow(Help(), PROCEDURE, NOW)
    assert isinstance(answer, Unopened)
    for parameter in PARAMETERS.values():
        assert parameter.example in answer.answer
    for name in (*SHIPPED_TYPES, "Coordenação"):
        assert name in answer.answer


def test_talk_is_not_answered() -> None:
    answer = follow(Talk(), PROCEDURE, NOW)
    assert isinstance(answer, Unopened)
    assert answer.answer == ""


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2026-12-01T15:00", "2026-12-01T15:00"),
        ("01/12/2026", "2026-12-01"),
        ("1.12.26", "2026-12-01"),
        ("1/12 15h", "2026-12-01T15:00"),
        ("hoje 17:30", "2026-11-24T17:30"),
        ("24/11", "2026-11-24"),
        # It was yesterday, and surely not meant for next year.
        ("23/11", "2026-11-23"),
        ("10/1", "2027-01-10"),
        ("29/2", "2028-02-29"),
        ("1/12 25h", None),
        ("12/2026", None),
        # Nobody means that: a slip of the fingers.
        ("31/12/9999", None),
        ("1/12/2062 15h", None),
        ("", None),
    ],
)
def test_dates_are_brazilian(written: str, iso: str | None) -> None:
    assert iso_deadline(written, today=NOW.date()) == iso


@given(st.dates(), st.text())
def test_no_text_is_too_odd_for_a_date(today: object, text: str) -> None:
    iso_deadline(text, today=today)  # type: ignore[arg-type]


@given(st.dictionaries(st.sampled_from(sorted(PARAMETERS)), st.text(min_size=1)))
def test_any_command_is_heeded_or_refused(said: dict[str, str]) -> None:
    found = follow_up(Command(title="App", said=said), PROCEDURE, NOW)
    assert isinstance(found, Heeded | Wrong)
