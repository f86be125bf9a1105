"""Which board is meant by what stands in a note."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from routing.watch.note_commands import folded

MOST_NAMED = 15
"""Boards in one answer: a list of hundreds helps nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """One of Trello's boards. `id` is theirs, or, out of the settings, their name of it."""

    id: str
    name: str


class Doubt(StrEnum):
    """Why no board was chosen."""

    UNNAMED = "unnamed"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A board, or why it is none, with the boards to choose from, likeliest first."""

    board: Board | None = None
    doubt: Doubt | None = None
    among: tuple[Board, ...] = ()
    more: int = 0
    """Boards beyond those."""


def choose_board(spoken: str, boards: Sequence[Board]) -> Choice:
    """Capitals, accents and signs do not matter, part of a name will do if only one board has it,
    and what follows a whole name is taken for talk: `@Trello Fiscal por favor`.
    """
    wanted = folded(spoken)
    if not wanted:
        return _doubt(Doubt.UNNAMED, wanted, boards)
    for fits in _WAYS:
        found = [board for board in boards if fits(wanted, folded(board.name))]
        if fits is _talk_follows and found:
            longest = max(len(folded(board.name)) for board in found)
            found = [board for board in found if len(folded(board.name)) == longest]
        if len(found) == 1:
            return Choice(board=found[0])
        if found:
            return _doubt(Doubt.AMBIGUOUS, wanted, found)
    return _doubt(Doubt.UNKNOWN, wanted, boards)


def _same(wanted: str, name: str) -> bool:
    return wanted == name


def _talk_follows(wanted: str, name: str) -> bool:
    return bool(name) and wanted.startswith(name) and not wanted[len(name)].isalnum()


def _part_of(wanted: str, name: str) -> bool:
    return wanted in name


_WAYS: tuple[Callable[[str, str], bool], ...] = (_same, _talk_follows, _part_of)
"""The first that any board fits by counts."""


def _doubt(doubt: Doubt, wanted: str, boards: Sequence[Board]) -> Choice:
    def likeness(board: Board) -> tuple[float, str]:
        name = folded(board.name)
        return (-difflib.SequenceMatcher(a=wanted, b=name).ratio() if wanted else 0.0, name)

    among = sorted(boards, key=likeness)
    return Choice(
        doubt=doubt, among=tuple(among[:MOST_NAMED]), more=max(0, len(among) - MOST_NAMED)
    )
