"""Finds the Trello board that a note means."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from routing.watch.note_commands import folded

MOST_NAMED = 15
"""The most boards named in one answer: a list of hundreds helps nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """A board in Trello. `id` is Trello's id, or the name in the settings if it comes from
    there."""

    id: str
    name: str


class Doubt(StrEnum):
    """Why no board was chosen."""

    UNNAMED = "unnamed"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The chosen board, or why there is none and which boards there are, most similar first."""

    board: Board | None = None
    doubt: Doubt | None = None
    among: tuple[Board, ...] = ()
    more: int = 0
    """The number of boards beyond those in `among`."""


def choose_board(spoken: str, boards: Sequence[Board]) -> Choice:
    """Choose the board that a note names.

    Case and accents do not matter. Part of a name is enough if only one board has it. Words after a
    whole name are ignored: `@Trello Fiscal por favor`.
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
"""Ways to match a name, in order; the first that matches any board counts."""


def _doubt(doubt: Doubt, wanted: str, boards: Sequence[Board]) -> Choice:
    def likeness(board: Board) -> tuple[float, str]:
        name = folded(board.name)
        return (-difflib.SequenceMatcher(a=wanted, b=name).ratio() if wanted else 0.0, name)

    among = sorted(boards, key=likeness)
    return Choice(
        doubt=doubt, among=tuple(among[:MOST_NAMED]), more=max(0, len(among) - MOST_NAMED)
    )
