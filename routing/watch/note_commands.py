"""Commands in internal notes: another level, a card in Trello, the text for the client at the end.

    @N1 o banco recusou a guia          another level, and why
    @Coordenação                        the same
    @Trello Financeiro                  a card on that board
    Solução: a nota foi reemitida.      what the client is told when the ticket is done
    Motivo: pedido repetido.            the same, when it is cancelled

Case and accents do not matter. The text after a mark (`Solução:`, `Motivo:`) is for the client:
lines that begin with a command, and everything below a line of dashes, are left out of it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

TRELLO = "trello"
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_RULE = re.compile(r"\s*(?:-{3,}|_{3,}|={3,}|—{2,})\s*")
_COMMAND = re.compile(r"(?<![\w.@+-])@([^\W_]+)")
_DECORATION = "*_# \t\u00a0>"
_QUOTES = "\"'“”‘’«»„"


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """The marks with which notes for the client begin."""

    solution: str = "Solução:"
    reason: str = "Motivo:"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToLevel:
    """A command to move the ticket to another level."""

    level: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ToTrello:
    """A command to make a card in Trello. `board` is as written, empty if none is named."""

    board: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A parsed internal note."""

    solution: str | None = None
    reason: str | None = None
    levels: tuple[ToLevel, ...] = ()
    """If there is more than one, it is not clear which is meant."""
    cards: tuple[ToTrello, ...] = ()


def read_note(text: str, *, levels: Sequence[str], marks: Marks) -> Note:
    """Parse a note. A note for the client (with a mark) contains no commands."""
    for mark in (marks.solution, marks.reason):
        after = _after_mark(text, mark)
        if after is not None:
            said = for_the_client(after, levels) or None
            return Note(solution=said) if mark == marks.solution else Note(reason=said)
    by_name = {folded(level): level for level in levels}
    found: list[ToLevel] = []
    cards: list[ToTrello] = []
    for line in text.splitlines():
        for match in _COMMAND.finditer(line):
            name = folded(match[1])
            if name == TRELLO:
                cards.append(ToTrello(board=_board(line[match.end() :])))
                break
            if name in by_name and by_name[name] not in {each.level for each in found}:
                found.append(ToLevel(level=by_name[name], why=_why(text, match[0])))
    return Note(levels=tuple(found), cards=tuple(dict.fromkeys(cards)))


def for_the_client(text: str, levels: Sequence[str]) -> str:
    """The part of the text after a mark that the client may read, at most 4,000 characters.

    Lines that begin with a command, and everything below a line of dashes, are internal.
    """
    names = {folded(level) for level in levels} | {TRELLO}
    lines: list[str] = []
    for line in text.splitlines():
        if _RULE.fullmatch(line):
            break
        command = _COMMAND.match(line.lstrip(_DECORATION))
        if command and folded(command[1]) in names:
            continue
        lines.append(_visible(line).strip())
    joined = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return joined if len(joined) <= 4000 else joined[:3999].rstrip() + "…"


def folded(text: str) -> str:
    """The text in lower case, without accents and invisible characters."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(_visible(plain).split())


def _after_mark(text: str, mark: str) -> str | None:
    """The text after the mark; None if the text does not begin with the mark."""
    start = text.lstrip(_DECORATION + "\r\n\ufeff\u200b")
    wanted = folded(mark).rstrip(": ")
    head, colon, rest = start[:200].partition(":")
    if not colon or folded(head.strip(_DECORATION)) != wanted:
        return None
    return (rest + start[200:]).lstrip(_DECORATION)


def _why(text: str, command: str) -> str:
    """The note without the command, in one line: the reason for the escalation."""
    return " ".join(_visible(text.replace(command, " ", 1)).split()).strip(" :,-–—")[:500]


def _board(rest: str) -> str:
    board = _visible(rest).strip().lstrip(":").strip()
    if board[:1] and board[0] in _QUOTES:
        end = next((n for n, c in enumerate(board[1:], 1) if c in _QUOTES), len(board))
        board = board[1:end]
    return " ".join(board.split())[:120]


def _visible(text: str) -> str:
    return "".join(
        " " if c.isspace() and c != "\n" else c
        for c in text
        if c.isspace() or unicodedata.category(c) not in _INVISIBLE
    )
