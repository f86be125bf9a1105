"""Notes as the desk's people write them; what goes to a client is nothing but what was meant."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.roster import LEVELS
from routing.watch.note_commands import Marks, Note, ToTrello, folded, for_the_client, read_note

MARKS = Marks()


def read(text: str) -> Note:
    return read_note(text, levels=LEVELS, marks=MARKS)


@pytest.mark.parametrize(
    "text",
    [
        "Solução: a nota saiu.",
        "SOLUCAO:a nota saiu.",
        "  **Solução:** a nota saiu.",
        "Solução :\na nota saiu.",
        "\n\nsolução:   a nota saiu.  \n",
        "Soluc\u0327a\u0303o: a nota saiu.",
    ],
)
def test_a_solution_however_it_is_typed(text: str) -> None:
    assert read(text).solution == "a nota saiu."


@pytest.mark.parametrize(
    "text",
    [
        "A solução: reiniciar",
        "Solução",
        "Soluções: várias",
        "Solução:",
        "Solução:\n---\ninterno",
        "Falei com o cliente.\nSolução: x",
    ],
)
def test_what_is_no_solution(text: str) -> None:
    assert read(text).solution is None


def test_commands_and_what_is_below_a_line_stay_inside() -> None:
    text = "Solução: pronto.\n@N1 obrigado\n@Trello Financeiro\nAté logo.\n---\nsenha 1234"
    found = read(text)
    assert found == Note(solution="pronto.\nAté logo.")


def test_a_reason() -> None:
    assert read("Motivo: veio duas vezes").reason == "veio duas vezes"


@pytest.mark.parametrize(
    ("text", "level", "why"),
    [
        ("@N1", "N1", ""),
        ("@n2 o banco recusou", "N2", "o banco recusou"),
        ("Por favor @Coordenacao: urgente", "Coordenação", "Por favor : urgente"),
        ("o cliente insiste\n@N1", "N1", "o cliente insiste"),
    ],
)
def test_levels(text: str, level: str, why: str) -> None:
    [found] = read(text).levels
    assert (found.level, found.why) == (level, why)


@pytest.mark.parametrize("text", ["fulano@n1.com.br", "@N10", "@Ana veja", "N1 resolve", "a@N1"])
def test_no_command(text: str) -> None:
    assert read(text) == Note()


@pytest.mark.parametrize(
    ("text", "board"),
    [
        ("@Trello Financeiro", "Financeiro"),
        ("veja @trello “Novas ideias” amanhã", "Novas ideias"),
        ("@Trello: 'App'", "App"),
        ("@Trello", ""),
    ],
)
def test_boards(text: str, board: str) -> None:
    assert read(text).cards == (ToTrello(board=board),)


@given(st.text(), st.text(), st.sampled_from(["---", "-----", "___"]))
def test_nothing_below_the_line_ever_goes_out(said: str, inside: str, rule: str) -> None:
    told = for_the_client(f"{said}\n{rule}\n{inside}", LEVELS)
    assert told == for_the_client(f"{said}\n{rule}", LEVELS)


@given(st.text(), st.text())
def test_an_unmarked_note_never_goes_out(head: str, text: str) -> None:
    found = read(f"nota {head}{text}")
    assert found.solution is None
    assert found.reason is None


@given(st.text())
def test_what_goes_out_is_in_the_note(text: str) -> None:
    told = read(f"Solução: {text}").solution
    for line in (told or "").splitlines():
        assert "".join(line.rstrip("…").split()) in "".join(
            c for c in text if c.isprintable() and not c.isspace()
        )


@given(st.text(max_size=300))
def test_any_text_can_be_read_whatever_its_capitals(text: str) -> None:
    read(text)
    assert folded(f"{text}É") == folded(f"{text}e\u0301")


@given(st.text(alphabet=string.printable + "çãéÇ@“”", max_size=200))
def test_reading_is_the_same_twice(text: str) -> None:
    assert read(text) == read(text)
