"""Loads a settings file into `Settings`, or gives one line for each error in it."""

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from intake.settings.credential import Credential
from intake.settings.model import Settings
from intake.settings.text_file import Unreadable, read_text
from routing.toml_lines import TomlSyntax, line_of, parse_toml

DEFAULT_PATH = Path("settings.toml")
_NO_FILE = "no such file; name one with -c, or run where settings.toml is"
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
"""By pydantic's type of error: what to write instead. Pydantic only says what is wrong."""
_TABLES = {
    Credential.__name__: "a secret never stands here: say where it is, "
    'for instance { env = "SUPPORT_IMAP_PASSWORD" }',
}
"""By class: what to say when a key must be a table but is not. The value is not shown, because it
may be a secret."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One error in a file, with its line."""

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
    """Read and validate the settings file: `path`, or `settings.toml` in the current folder.

    Raises SettingsInvalid with file, line and remedy for each error.
    """
    path = path or DEFAULT_PATH
    try:
        text = read_text(path)
    except Unreadable as error:
        missing = isinstance(error.__cause__, FileNotFoundError)
        raise SettingsInvalid(
            [Problem(path, error.line, _NO_FILE if missing else error.message)]
        ) from error
    try:
        tree = parse_toml(text)
    except TomlSyntax as error:
        message = f"not valid TOML: {error.message}"
        raise SettingsInvalid([Problem(path, error.line, message)]) from error
    # `path` is a field of Settings, but not a key of the file.
    not_a_key = [Problem(path, line_of(text, ("path",)), _unknown(("path",)))] * ("path" in tree)
    tree.pop("path", None)
    try:
        settings = Settings.model_validate(tree, context={"folder": path.resolve().parent})
    except ValidationError as error:
        found = [*not_a_key, *_problems(path, text, error)]
        raise SettingsInvalid(sorted(found, key=lambda problem: problem.line)) from error
    if not_a_key:
        raise SettingsInvalid(not_a_key)
    return settings.model_copy(update={"path": path.resolve()})


def _problems(path: Path, text: str, error: ValidationError) -> Iterator[Problem]:
    for detail in error.errors(include_url=False):
        where = tuple(part for part in detail["loc"] if not str(part).startswith("function-"))
        yield Problem(path, line_of(text, where), _message(where, detail))


def _message(where: tuple[int | str, ...], detail: Any) -> str:
    name = _dotted(where)
    if detail["type"] == "extra_forbidden":
        return _unknown(where)
    if detail["type"] == "missing":
        return f"{name!r} is missing"
    if detail["type"] == "value_error":
        reason = str(detail["ctx"]["error"])
        return f"{name}: {reason}" if name else reason
    if detail["type"] == "model_type":
        return f"{name}: {_TABLES.get(detail['ctx']['class_name']) or f'it is a table: [{name}]'}"
    found = detail["input"]
    if isinstance(found, dict):
        return f"{name}: it may stand there several times: write [[{name}]]"
    reason = _REMEDIES.get(detail["type"]) or detail["msg"][:1].lower() + detail["msg"][1:]
    return f"{name} = {found if isinstance(found, date) else repr(found)}: {reason}"


def _unknown(where: tuple[int | str, ...]) -> str:
    known = sorted(_keys_at(where[:-1]))
    close = difflib.get_close_matches(str(where[-1]), known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(known)}"
    return f"unknown key {_dotted(where)!r}; {hint}"


def _dotted(where: Sequence[int | str]) -> str:
    name = ""
    for part in where:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def _keys_at(where: Sequence[int | str]) -> set[str]:
    """The keys that are valid in the section at `where`."""
    model: type[BaseModel] = Settings
    for part in where:
        if isinstance(part, str) and part in model.model_fields:
            model = model_in(model.model_fields[part].annotation) or model
    return set(model.model_fields) - ({"path"} if model is Settings else set())


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The section class inside a key's type, such as the App of `tuple[App, ...]`; None if there is
    none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (model_in(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)
