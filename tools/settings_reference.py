"""Writes docs/settings.md from the settings' classes: python tools/settings_reference.py"""

import ast
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from intake.settings.model import Settings

TARGET = Path(__file__).parents[1] / "docs" / "settings.md"
HEAD = """\
# Settings

Every key of `settings.toml`, with its default. This page is made from the program
(`python tools/settings_reference.py`), so it cannot be behind it. A file may leave out whatever it
does not change; an empty file is valid. What is wrong in a file is said with its line and with what
would be right (`intake rules check` reads settings and rules; `intake doctor` tries them).

Paths that are not absolute start at the folder of the settings file; `~` is the home folder.
`systemctl reload central-intake` (SIGHUP) puts changes of *rules*, *calendar*, *sla*, *roster*,
*replies*, *smtp*, *organisation*, *tickets*, *mail*, *conversations*, *app*, *watch* (but for
`watch.enabled`) and *twilio* (but for its account) in force; the other sections need a restart,
and the log says so. A bad file changes nothing.
"""


def reference() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, field in Settings.model_fields.items():
        if not field.exclude:
            parts += _sections(name, field)
    return "\n".join(parts)


def _sections(name: str, field: FieldInfo) -> Iterator[str]:
    model, many = _model_of(field.annotation)
    if model is None:
        return
    title = f"[[{name}]]" if many else f"[{name}]"
    yield f"## {title}\n\n{_about(model)}\n"
    docs = _docstrings(model)
    inner: list[tuple[str, FieldInfo]] = []
    rows = []
    for key, each in model.model_fields.items():
        nested, several = _model_of(each.annotation)
        if nested is not None and (several or not each.is_required()) and _is_table(nested):
            inner.append((f"{name}.{key}", each))
            continue
        rows.append(
            f"| `{key}` | {_type(each.annotation)} | {_default(each)} | {docs.get(key, '')} |"
        )
    if rows:
        yield "| key | value | default | |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    for dotted, each in inner:
        yield from _sections(dotted, each)


def _about(model: type[BaseModel]) -> str:
    """The class's docstring, without the section's name at its beginning."""
    words = re.sub(r"^(\[+[a-z._]+\]+( and )?)+: ", "", _paragraph(inspect.getdoc(model) or ""))
    return words[:1].upper() + words[1:]


def _is_table(model: type[BaseModel]) -> bool:
    return model.__name__ != "Credential"


def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The docstring below each field, including the fields of base classes."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if not issubclass(each, BaseModel) or each is BaseModel:
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(each))).body[0]
        assert isinstance(tree, ast.ClassDef)
        for field, below in zip(tree.body, tree.body[1:], strict=False):
            match field, below:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    found[name] = _paragraph(inspect.cleandoc(text)).replace("|", "\\|")
    return found


def _paragraph(text: str) -> str:
    return "\n\n".join(" ".join(block.split()) for block in text.split("\n\n"))


def _model_of(annotation: Any) -> tuple[type[BaseModel] | None, bool]:
    """The section class in the annotation, and whether the section may be repeated."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    for argument in get_args(annotation):
        model, _ = _model_of(argument)
        if model is not None:
            return model, get_origin(annotation) is tuple
    return None, False


def _type(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return " or ".join(_type(a) for a in get_args(annotation) if a is not NoneType)
    if origin is Literal:
        return ", ".join(f'`"{value}"`' for value in get_args(annotation))
    if origin is tuple:
        return f"list of {_type(get_args(annotation)[0])}"
    if origin is dict:
        return "table"
    if origin is not None:
        return _type(get_args(annotation)[0])
    if isinstance(annotation, type):
        if issubclass(annotation, BaseModel):
            return "secret" if annotation.__name__ == "Credential" else "table"
        values = getattr(annotation, "__members__", None)
        if values:
            return ", ".join(f'`"{value}"`' for value in annotation)
        names = {"str": "text", "int": "whole number", "float": "number", "bool": "true, false"}
        return names.get(annotation.__name__, annotation.__name__.lower())
    return str(annotation)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "*needed*"
    value = field.get_default(call_default_factory=True)
    if value in (None, "", (), {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{each}"' for each in value) + "]`"
    if isinstance(value, str | Path):
        return f'`"{value}"`'
    if isinstance(value, BaseModel):
        return ""
    return f"`{value:_}`" if isinstance(value, int) and value >= 10_000 else f"`{value}`"


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"{TARGET.relative_to(Path.cwd())} is up to date\n")
