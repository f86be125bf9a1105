"""The problems found in rules files, with their lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from routing.suggestion import suggestion
from routing.toml_lines import lines_of

_MOST_NAMES = 24
"""The most names that are listed in one line."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Problem:
    """A problem in a rules file. `message` says what is wrong and what would be right."""

    file: str
    line: int
    """1-based."""
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class RulesInvalid(Exception):
    """the rules cannot be used"""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class RuleSource:
    """A rules file as text. `overrides` is set for an operator's file, not for the shipped ones."""

    name: str
    """The name shown before the line number in problems: a path, or the shipped file's name."""
    text: str
    overrides: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a value in a rules file."""

    source: RuleSource
    path: Path

    def __truediv__(self, step: str | int) -> "Place":
        return Place(self.source, (*self.path, step))

    @property
    def line(self) -> int:
        """The line (1-based) of the value, or of its nearest parent if it has none."""
        lines = _lines(self.source.text)
        return next(
            (
                line
                for length in range(len(self.path), 0, -1)
                if (line := lines.get(self.path[:length])) is not None
            ),
            1,
        )

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}"


@cache
def _lines(text: str) -> dict[Path, int]:
    return lines_of(text)


class Problems:
    """Collects problems, so that an operator sees all of them at once."""

    def __init__(self) -> None:
        self._found: set[Problem] = set()

    def add(self, place: Place, message: str) -> None:
        """Add a problem. The same problem is kept only once."""
        self.add_at(place.source, place.line, message)

    def add_at(self, source: RuleSource, line: int, message: str) -> None:
        """Add a problem whose line is known."""
        self._found.add(Problem(file=source.name, line=line, message=_on_one_line(message)))

    def raise_any(self) -> None:
        """Raise RulesInvalid with all problems, sorted by file and line, if there are any."""
        if self._found:
            raise RulesInvalid(sorted(self._found))


def _on_one_line(message: str) -> str:
    """Replace line breaks and control characters, which text from a file may contain, by spaces."""
    shown = "".join(sign if sign.isprintable() else " " for sign in message)
    return " ".join(shown.split())


def instead_of(word: object, known: Iterable[str]) -> str:
    """A suggestion for an unknown word: the nearest known one, or all of them if they are few."""
    names = sorted(set(known))
    if len(names) > _MOST_NAMES:
        names = [name for name in names if suggestion(str(word), [name]).startswith("did")]
        return suggestion(str(word), names) if names else "nothing known is like it"
    return suggestion(str(word), names)
