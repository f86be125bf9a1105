"""The check of Trello by `intake doctor`."""

from dataclasses import dataclass

from intake.settings.credential import CredentialMissing
from intake.settings.trello import Trello as TrelloSettings
from intake.trello.api import TrelloApi, TrelloAway, TrelloLockedOut, TrelloRefused
from intake.trello.place import BOARD_ID
from routing.suggestion import suggestion
from routing.watch.boards import Board
from routing.watch.note_commands import folded


@dataclass(frozen=True, kw_only=True, slots=True)
class Examined:
    """The result, in one line."""

    well: bool
    detail: str


async def examine(settings: TrelloSettings) -> Examined:
    """Check key, token and boards. Whether the token may write shows only when a card is
    created."""
    try:
        async with TrelloApi(settings) as api:
            member, boards = await api.member(), await api.boards()
    except CredentialMissing as error:
        return Examined(well=False, detail=str(error))
    except TrelloLockedOut as error:
        return Examined(
            well=False,
            detail=f"{error}; make a new token with the scopes read and write (docs/trello.md)",
        )
    except (TrelloAway, TrelloRefused) as error:
        return Examined(
            well=False,
            detail=f"{error}; is {settings.base_url} right, and may this machine reach it?",
        )
    missing = [complaint for board in settings.boards.values() if (complaint := _of(board, boards))]
    if missing:
        return Examined(well=False, detail="; ".join(missing))
    if not boards:
        return Examined(
            well=False, detail=f"{member} sees no open board: invite them to the team's boards"
        )
    usable = len(settings.boards) or len(boards)
    return Examined(well=True, detail=f"as {member}, {usable} boards for cards")


def _of(wanted: str, boards: list[Board]) -> str:
    """What is wrong with a board that the settings name; empty if nothing is."""
    if BOARD_ID.fullmatch(wanted):
        known = [board.id for board in boards if board.id == wanted]
    else:
        known = [board.id for board in boards if folded(board.name) == folded(wanted)]
    if len(known) == 1:
        return ""
    if known:
        return f"two open boards are called {wanted!r}: write the id of the one that is meant"
    hint = suggestion(wanted, [board.name for board in boards])
    return f"trello.boards: the token's member sees no open board {wanted!r}; {hint}"
