"""Chooses the board and list for a card."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.settings.trello import Trello as TrelloSettings
from intake.trello.api import BoardList, TrelloApi
from routing.watch.boards import Board, Choice, choose_board
from routing.watch.cards import NO_LIST, NOT_SEEN
from routing.watch.note_commands import folded

BOARD_ID = re.compile(r"[0-9a-f]{24}")


class NoPlace(Exception):
    """there is no list to put the card on"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A board and one of its lists."""

    board: Board
    list_id: str


async def place_of(api: TrelloApi, settings: TrelloSettings, spoken: str) -> Place | Choice:
    """The place for a card, or the boards from which somebody must choose.

    Raises NoPlace, whose message is shown at the desk, and what TrelloApi raises.
    """
    if settings.boards:
        named = [Board(id=board, name=name) for name, board in settings.boards.items()]
        choice = choose_board(spoken, named)
    else:
        choice = choose_board(spoken, await api.boards())
    board = choice.board
    if board is None:
        return choice
    if settings.boards:
        board = await _as_trello_has_it(api, board)
    chosen = _chosen(await api.lists(board.id), settings.list)
    if chosen is None:
        raise NoPlace(NO_LIST.format(board=board.name))
    return Place(board=board, list_id=chosen.id)


async def _as_trello_has_it(api: TrelloApi, configured: Board) -> Board:
    """The board with its id. If the settings give a name, it is looked up."""
    if BOARD_ID.fullmatch(configured.id):
        return configured
    wanted = folded(configured.id)
    for board in await api.boards():
        if folded(board.name) == wanted:
            return Board(id=board.id, name=configured.name)
    raise NoPlace(NOT_SEEN.format(board=configured.id))


def _chosen(lists: Sequence[BoardList], wanted: str) -> BoardList | None:
    """The list of that name, or else the first one."""
    named = [each for each in lists if wanted and folded(each.name) == folded(wanted)]
    return next(iter([*named, *lists]), None)
