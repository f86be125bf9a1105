"""Which board a note means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.watch.boards import MOST_NAMED, Board, Doubt, choose_board

BOARDS = tuple(
    Board(id=str(number), name=name)
    for number, name in enumerate(
        ("Fiscal", "Fiscal – Notas", "Produto: Novas Ideias", "Comunicação", "Agenda A", "Agenda B")
    )
)
names = st.text(st.characters(codec="utf-8"), max_size=30)


@pytest.mark.parametrize(
    ("spoken", "board"),
    [
        ("Fiscal", "Fiscal"),
        ("FISCAL", "Fiscal"),
        ("comunicacao", "Comunicação"),
        ("novas ideias", "Produto: Novas Ideias"),
        ("Comunicação, por favor", "Comunicação"),
        ("Fiscal – Notas até amanhã", "Fiscal – Notas"),
        ("fiscal até amanhã", "Fiscal"),
        ("agenda b", "Agenda B"),
    ],
)
def test_names_are_taken_as_people_write_them(spoken: str, board: str) -> None:
    found = choose_board(spoken, BOARDS)
    assert found.board is not None
    assert found.board.name == board


@pytest.mark.parametrize(
    ("spoken", "doubt", "first"),
    [
        ("", Doubt.UNNAMED, "Agenda A"),
        ("Fiscais", Doubt.UNKNOWN, "Fiscal"),
        ("agenda", Doubt.AMBIGUOUS, "Agenda A"),
        ("Fiscalização", Doubt.UNKNOWN, "Fiscal"),
    ],
)
def test_a_doubt_names_the_likeliest_first(spoken: str, doubt: Doubt, first: str) -> None:
    found = choose_board(spoken, BOARDS)
    assert (found.board, found.doubt) == (None, doubt)
    assert found.among[0].name == first


def test_two_boards_of_one_name_are_never_guessed_at() -> None:
    found = choose_board("Fiscal", [*BOARDS, Board(id="9", name="fiscal")])
    assert found.doubt is Doubt.AMBIGUOUS
    assert [board.name for board in found.among] == ["Fiscal", "fiscal"]


def test_of_hundreds_only_the_likeliest_are_named() -> None:
    found = choose_board("x", [Board(id=str(n), name=f"Projeto {n}") for n in range(400)])
    assert (len(found.among), found.more) == (MOST_NAMED, 400 - MOST_NAMED)


@given(st.lists(names, max_size=8, unique=True), names)
def test_a_chosen_board_is_one_of_them_and_a_doubt_names_some(
    boards: list[str], spoken: str
) -> None:
    among = [Board(id=str(number), name=name) for number, name in enumerate(boards)]
    found = choose_board(spoken, among)
    if found.board is not None:
        assert found.board in among
        assert found.doubt is None
    else:
        assert found.doubt is not None
        assert len(found.among) + found.more <= len(among)


@given(st.sampled_from([board.name for board in BOARDS]))
def test_a_whole_name_is_always_enough(name: str) -> None:
    found = choose_board(name.upper(), BOARDS)
    assert found.board is not None
    assert found.board.name == name
