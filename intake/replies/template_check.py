"""Checks all templates at start, so that their faults show before a client is answered."""

import difflib
import traceback
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError

from intake.ports.reply_kinds import KINDS
from intake.replies.facts import ReplyFacts
from intake.replies.sample_facts import samples
from intake.replies.wording import LANGUAGES
from routing.vocabulary import Channel

if TYPE_CHECKING:
    from intake.replies.templates import Composed, Templates

RENDER_FAULTS = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
)
"""Errors that a template's own expressions can raise."""

_SUFFIXES = (".txt", ".html")


def faults(templates: "Templates") -> list[str]:
    """One line for each fault: file:line, what is wrong, what would be right. Empty: no faults."""
    found = [*_strange_files(templates), *_syntax_faults(templates)]
    return found or list(dict.fromkeys(_render_faults(templates)))


def _strange_files(templates: "Templates") -> Iterator[str]:
    """Report files that replace no shipped template: a misspelt name would have no effect."""
    *own, shipped = templates.folders
    known = sorted(
        str(path.relative_to(shipped)) for path in shipped.rglob("*") if path.suffix in _SUFFIXES
    )
    for folder in own:
        if not folder.is_dir():
            yield f"{folder}: no such folder; replies.templates names a folder of templates"
            continue
        for path in sorted(p for p in folder.rglob("*") if p.suffix in _SUFFIXES):
            name = str(path.relative_to(folder))
            if name not in known and not path.name.startswith("_"):
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
                yield (
                    f"{path}: stands in for no template; did you mean {near[0]}? "
                    "(a file of parts for others has a name that begins with _)"
                )


def _syntax_faults(templates: "Templates") -> Iterator[str]:
    for name in templates.names:
        try:
            templates.environment.get_template(name)
        except TemplateSyntaxError as error:
            yield f"{error.filename or name}:{error.lineno}: {error.message}"
        except UnicodeDecodeError:
            yield f"{_path(templates, name)}: not UTF-8; save it as UTF-8"


def _render_faults(templates: "Templates") -> Iterator[str]:
    channels = (Channel.EMAIL, Channel.WHATSAPP)
    for kind, channel, language in product(KINDS.values(), channels, LANGUAGES):
        stem = templates.stem(kind.name, channel, language)
        for facts in samples(kind):
            try:
                composed = templates.render(kind.name, channel, language, facts)
            except RENDER_FAULTS as error:
                yield _place(error, templates, stem)
                continue
            if not composed.text.strip():
                yield f"{_path(templates, stem + '.txt')}: gives an empty text"
            if channel is Channel.EMAIL and not composed.subject:
                yield f"{_path(templates, stem + '.subject.txt')}: gives an empty subject"
            elif channel is Channel.EMAIL and kind.numbered and not _is_tagged(composed, facts):
                yield (
                    f"{_path(templates, stem + '.subject.txt')}: the subject lacks "
                    "[{{ number }}], by which answers find their ticket"
                )


def _is_tagged(composed: "Composed", facts: ReplyFacts) -> bool:
    return not facts.number or f"[{facts.number}]" in composed.subject


def _place(error: BaseException, templates: "Templates", stem: str) -> str:
    """The fault as file:line and text. The line is that of the innermost frame in a template:
    Jinja2 gives its frames the template's file and lines."""
    folders = tuple(str(folder) for folder in templates.folders)
    frames = traceback.extract_tb(error.__traceback__)
    at = next((f for f in reversed(frames) if f.filename.startswith(folders)), None)
    where = f"{at.filename}:{at.lineno}" if at else f"{templates.folders[0]}/{stem}"
    return f"{where}: {_explain(error)}"


def _explain(error: BaseException) -> str:
    if not isinstance(error, UndefinedError):
        return f"{type(error).__name__}: {error}"
    text = str(error)
    unknown = text.split("'")[1] if "'" in text else ""
    from_facts = difflib.get_close_matches(unknown, VARIABLES, n=1)
    return text + (f"; did you mean {from_facts[0]}?" if from_facts else "")


def _path(templates: "Templates", name: str) -> Path:
    return next(
        (folder / name for folder in templates.folders if (folder / name).exists()),
        templates.folders[-1] / name,
    )


VARIABLES = (
    "language",
    "number",
    "title",
    "greeting",
    "name",
    "full_name",
    "request_type",
    "request_type_label",
    "service_label",
    "level",
    "owner",
    "owner_name",
    "received_at",
    "first_response_due",
    "resolution_due",
    "missing",
    "open_now",
    "next_opening",
    "zone",
    "zone_name",
    "organisation",
    "joined",
    "text",
    "alarms",
    "more_alarms",
    "now",
    "extra",
)
