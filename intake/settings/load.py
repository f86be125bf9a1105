"""From a settings file to `Settings`, or to one clear line for each thing wrong with it."""

import difflib
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from intake.settings.model import Settings
from routing.toml_lines import line_of

DEFAULT_PATH = Path("settings.toml")
_DATE = "write a date as it is, without quotation marks or hours: 2026-11-20"
_REMEDIES = {
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_type": _DATE,
    "string_type": 'write a text between quotation marks: "text"',
    "string_too_short": "it must not be empty",
    "tuple_type": 'write a list between brackets: ["one", "another"]',
    "too_short": "the list must not be empty",
}
"""What would be right, where the validating library only says what is wrong."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file, and where."""

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class SettingsInvalid(Exception):
    """the settings file cannot be used"""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def load_settings(path: Path | None = None) -> Settings:
    """Read and validate the settings file (`settings.toml` here where no path is given).

    Raises SettingsInvalid with file, line and a way out for each problem.
    """
    path = path or DEFAULT_PATH
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise SettingsInvalid(
            [Problem(path, 1, "no such file; name one with -c, or run where settings.toml is")]
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsInvalid([Problem(path, 1, f"cannot be read: {error}")]) from error
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsInvalid([_syntax_problem(path, error)]) from error
    tree.pop("path", None)
    try:
        settings = Settings.model_validate(tree, context={"folder": path.resolve().parent})
    except ValidationError as error:
        found = sorted(_problems(path, text, error), key=lambda problem: problem.line)
        raise SettingsInvalid(found) from error
    return settings.model_copy(update={"path": path.resolve()})


def _syntax_problem(path: Path, error: tomllib.TOMLDecodeError) -> Problem:
    message, _, place = str(error).partition(" (at line ")
    line = place.partition(",")[0]
    return Problem(path, int(line) if line.isdigit() else 1, f"not valid TOML: {message}")


def _problems(path: Path, text: str, error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        where = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
        yield Problem(path, line_of(text, where), _message(where, detail))


def _message(where: tuple[int | str, ...], detail: Any) -> str:
    name = _dotted(where)
    if detail["type"] == "extra_forbidden":
        known = sorted(_keys_at(where[:-1]))
        close = difflib.get_close_matches(str(where[-1]), known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"
        return f"unknown key {name!r}; {hint}"
    if detail["type"] == "missing":
        return f"{name!r} is missing"
    if detail["type"] == "value_error":
        reason = str(detail["ctx"]["error"])
        return f"{name}: {reason}" if name else reason
    reason = _REMEDIES.get(detail["type"]) or detail["msg"][:1].lower() + detail["msg"][1:]
    found = detail["input"]
    return f"{name} = {found if isinstance(found, date) else repr(found)}: {reason}"


def _dotted(where: Sequence[int | str]) -> str:
    name = ""
    for part in where:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def _keys_at(where: Sequence[int | str]) -> set[str]:
    """The keys that the section at `where` knows."""
    model: type[BaseModel] = Settings
    for part in where:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return set(model.model_fields) - {"path"}


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)
