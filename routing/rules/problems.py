"""What is wrong with a rules file, line by line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from routing.suggestion import suggestion
from routing.toml_lines import lines_of

_MOST_NAMES = 24
"""More than this are not listed in one line."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Problem:
    """One thing wrong in a rules file: in `message` what it is and what would be right."""

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
    """A rules file as text. An operator's file `overrides`; the shipped ones do not."""

    name: str
    """Stands before the line number in problems: a path, or the shipped file's name."""
    text: str
    overrides: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A value of a rules file."""

    source: RuleSource
    path: Path

    def __truediv__(self, step: str | int) -> "Place":
        return Place(self.source, (*self.path, step))

    @property
    def line(self) -> int:
        """1-based; of the nearest parent where the value has no line of its own."""
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
        """Note a problem, once."""
        self.add_at(place.source, place.line, message)

    def add_at(self, source: RuleSource, line: int, message: str) -> None:
        """Note a problem whose line is known."""
        self._found.add(Problem(file=source.name, line=line, message=_on_one_line(message)))

    def raise_any(self) -> None:
        """Raises RulesInvalid with everything noted so far, by file and line."""
        if self._found:
            raise RulesInvalid(sorted(self._found))


def _on_one_line(message: str) -> str:
    """What a file quotes may hold line breaks and signs that move a terminal's cursor."""
    shown = "".join(sign if sign.isprintable() else " " for sign in message)
    return " ".join(shown.split())


def instead_of(word: object, known: Iterable[str]) -> str:
    """What would be right in place of an unknown word: the nearest known one, or all of them."""
    names = sorted(set(known))
    if len(names) > _MOST_NAMES:
        names = [name for name in names if suggestion(str(word), [name]).startswith("did")]
        return suggestion(str(word), names) if names else "nothing known is like it"
    return suggestion(str(word), names)
