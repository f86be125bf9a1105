"""`/ticket` as people type it."""

import string
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.commands.command import Command, Help, Talk, Wrong
from routing.commands.parameters import EXAMPLE, PARAMETERS, Reach
from routing.commands.parse import read_line


def command(text: str) -> Command:
    line = read_line(text)
    assert isinstance(line, Command), line
    return line


def wrong(text: str) -> str:
    line = read_line(text)
    assert isinstance(line, Wrong), line
    assert "\n" not in line.words
    assert "Exemplo: /ticket " in line.words
    return line.words


@pytest.mark.parametrize(
    ("text", "title", "said"),
    [
        ("/ticket App travando", "App travando", {}),
        (EXAMPLE, "Nota não emitida", {"client": "Clínica Boa Vista", "priority": "alta"}),
        ("/TICKET  App   travando", "App travando", {}),
        ("/chamado App travando", "App travando", {}),
        # Quotation marks of all kinds, order, blanks, an equals sign, capitals, accents, English.
        ("/ticket cliente:“Bia Souza” App", "App", {"client": "Bia Souza"}),
        ("/ticket cliente:«Bia Souza» App", "App", {"client": "Bia Souza"}),
        ("/ticket cliente:„Bia Souza” App", "App", {"client": "Bia Souza"}),
        ("/ticket cliente:'Bia Souza' App", "App", {"client": "Bia Souza"}),
        ("/ticket cliente:'Bia d'Ávila' App", "App", {"client": "Bia d'Ávila"}),
        ('/ticket App cliente:"Bia d\'Ávila"', "App", {"client": "Bia d'Ávila"}),
        ("/ticket App Prioridade : ALTA", "App", {"priority": "ALTA"}),
        ("/ticket App nível=N1", "App", {"level": "N1"}),
        ("/ticket App ni\u0301vel:N1", "App", {"level": "N1"}),
        ("/ticket App nivel:N1", "App", {"level": "N1"}),
        ("/ticket App Solicitação:bug", "App", {"request_type": "bug"}),
        ("/ticket App tipo de solicitação:bug", "App", {"request_type": "bug"}),
        ("/ticket App client:Bia priority:high", "App", {"client": "Bia", "priority": "high"}),
        ("/ticket prioridade:alta App trava", "App trava", {"priority": "alta"}),
        ("/ticket App prioridade:alta desde ontem", "App desde ontem", {"priority": "alta"}),
        ("/ticket App [prioridade:alta] [nivel:N1]", "App", {"priority": "alta", "level": "N1"}),
        ("/ticket App, prioridade:alta, nivel:N1", "App", {"priority": "alta", "level": "N1"}),
        # A name has several words, up to the next parameter.
        ("/ticket App cliente: Boa Vista nivel:N1", "App", {"client": "Boa Vista", "level": "N1"}),
        ('/ticket App cliente:"Boa Vista', "App", {"client": "Boa Vista"}),
        ("/ticket App prazo:1/12 15h amanhece", "App amanhece", {"deadline": "1/12 15h"}),
        ("/ticket App\u00a0trava\u200b nivel:\u200bN1", "App trava", {"level": "N1"}),
        # What is no parameter.
        ("/ticket Reunião às 10:30", "Reunião às 10:30", {}),
        ("/ticket Erro: nota não sai", "Erro: nota não sai", {}),
        ("/ticket Ver https://x.y/?tipo=a&nivel=b", "Ver https://x.y/?tipo=a&nivel=b", {}),
        ("/ticket Erro no campo valor=10", "Erro no campo valor=10", {}),
        ("/ticket [urgente] App", "[urgente] App", {}),
        ('/ticket "Veja tipo: x" tipo:interno', "Veja tipo: x", {"kind": "interno"}),
        ("/ticket ajuda com a nota", "ajuda com a nota", {}),
    ],
)  # fmt: skip
def test_a_line_is_understood(text: str, title: str, said: Mapping[str, str]) -> None:
    assert command(text) == Command(title=title, said=said)


def test_details_stand_in_the_lines_below_or_in_a_parameter() -> None:
    assert command("/ticket App nivel:N1\n\nTrava: sempre.\n  tipo:x ").description == (
        "Trava: sempre.\n  tipo:x"
    )
    assert command("/ticket App descrição: trava sempre").description == "trava sempre"


@pytest.mark.parametrize(
    "text", ["/ticket", "/ticket ajuda", "/ticket ?", "/Ticket HELP", "/ticket\n"]
)
def test_help_is_asked_for(text: str) -> None:
    assert read_line(text) == Help()


@pytest.mark.parametrize(
    "text", ["", "bom dia", "use /ticket App", "/tickete App", "/who", "//ticket"]
)
def test_talk_is_left_alone(text: str) -> None:
    assert read_line(text) == Talk()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/ticket App prioridad:alta", "Não conheço “prioridad:”: seria “prioridade:”?"),
        ("/ticket App prioridad: alta", "seria “prioridade:”?"),
        ('/ticket App empresa:"Boa Vista"', "Não conheço o parâmetro “empresa:”."),
        ("/ticket App assunto:nota", "deixe um espaço depois dos dois pontos"),
        ("/ticket cliente:Bia App travando", "Falta o título"),
        ("/ticket nivel:N1", "Falta o título"),
        ("/ticket App nivel:", "Falta o valor de “nível:”."),
        ("/ticket App nivel: tipo:interno", "Falta o valor de “nível:”."),
        ("/ticket App nivel:N1 level:N2", "“nível:” aparece duas vezes"),
    ],
)
def test_a_mistake_is_named_in_one_line_with_an_example(text: str, said: str) -> None:
    assert said in wrong(text)


@given(st.text() | st.text(alphabet="/ticke: \n\"'“”=N1aálrep").map("/ticket ".__add__))
def test_any_text_is_something(text: str) -> None:
    line = read_line(text)
    if isinstance(line, Command):
        assert line.title
        assert all(line.said.values())
    if isinstance(line, Wrong):
        assert "\n" not in line.words


WORDS = st.lists(
    st.text(alphabet=string.ascii_letters + "áéíóúãç0123456789", min_size=1, max_size=8),
    min_size=1,
    max_size=4,
)
SENTENCE = WORDS.map(" ".join).filter(lambda words: words.casefold() not in ("ajuda", "help"))
SAID = st.dictionaries(st.sampled_from(sorted(set(PARAMETERS) - {"description"})), SENTENCE)


@given(SENTENCE, SAID, st.permutations(list('"“«')), st.randoms(use_true_random=False))
def test_what_is_written_is_read(
    title: str, said: dict[str, str], marks: list[str], random
) -> None:  # type: ignore[no-untyped-def]
    closing = {'"': '"', "“": "”", "«": "»"}[marks[0]]
    parts = [
        f"{random.choice([PARAMETERS[key].name, *PARAMETERS[key].others, key])}"
        f"{random.choice([':', ' : ', '='])}{marks[0]}{value}{closing}"
        for key, value in said.items()
    ]
    at = random.randint(0, len(parts))
    line = " ".join(["/ticket", *parts[:at], title, *parts[at:]])
    assert read_line(line) == Command(title=title, said=said)


def test_every_example_is_understood_as_it_says() -> None:
    for key, parameter in PARAMETERS.items():
        line = command(f"/ticket Nota não emitida {parameter.example}")
        assert line.title == "Nota não emitida"
        assert list(line.said) == [key] or (key == "description" and line.description)
        assert parameter.reach is not Reach.MOMENT or line.said == {"deadline": "1/12"}


def test_what_stands_there_twice_ends_the_reading() -> None:
    line = read_line("/ticket App " + "tipo:'a " * 2400)
    assert isinstance(line, Wrong)
    assert "aparece duas vezes" in line.words
