"""Parses a line in the chat. It is lenient, and never fails.

    /ticket Título do chamado cliente:"…" prioridade:alta
    mais detalhes, em outras linhas

Parameters may be anywhere on the first line and in any order, with spaces around the colon or with
an equals sign, in capitals, without accents, in English. Everything else belongs to the title: a
web address, a time of day, "Erro: …".
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from routing.commands import words
from routing.commands.command import Command, Help, Line, Talk, Wrong
from routing.commands.parameters import BY_NAME, Parameter, Reach, folded

LONGEST = 20_000
"""The most characters that are read: nobody writes a longer message by hand."""
DOUBLE, SINGLE = '"“”„‟″«»', "'‘’‚‛′‹›`´"
ASKING = frozenset(("", "ajuda", "help", "?", "-h", "--help", "/?"))
SCHEMES = frozenset(("http", "https", "ftp", "sftp", "mailto", "tel", "file", "whatsapp"))

_COMMAND = re.compile(r"/\s?(?:tickets?|chamados?)(?=[\s:?]|$)[ \t]*:?", re.IGNORECASE)
_NAMES = "|".join(
    re.escape(name).replace(r"\ ", r"[ \t]+") for name in sorted(BY_NAME, key=len, reverse=True)
)
_BEFORE = r"(?<![\w:/.@=&?#-])"
_KNOWN = re.compile(rf"{_BEFORE}(?P<name>{_NAMES})[ \t]*[:=](?!//)[ \t]*")
_STRANGE = re.compile(
    rf"{_BEFORE}(?P<name>[^\W\d_][\w-]{{1,30}})(?P<sign>[ \t]?[:=])(?P<gap>[ \t]*)(?P<next>\S)"
)
_DAY_TIME = re.compile(r"\S+(?:[ \t]+(?:(?:às|as)[ \t]+)?\d{1,2}(?:h(?:\d{2})?|:\d{2})(?=\s|$))?")
_WORD = re.compile(r"\S+")
_NEAR = 0.75
"""Similarity (0 to 1) from which an unknown name is taken for a misspelt one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    parameter: Parameter
    value: str
    start: int
    end: int


def read_line(text: str) -> Line:
    """Parse a message in the chat. Any text is accepted."""
    clean = _clean(text[:LONGEST]).strip()
    began = _COMMAND.match(clean)
    if began is None:
        return Talk()
    first, _, below = clean[began.end() :].partition("\n")
    first = first.strip()
    if not below.strip() and folded(first) in ASKING:
        return Help()
    title, rest = _quoted_title(first)
    found = list(_parameters(rest))
    trouble = _trouble(rest, found)
    if trouble is not None:
        return trouble
    title = title or _without(rest, found)
    said = {each.parameter.key: each.value for each in found}
    details = (said.pop("description", ""), _trimmed(below))
    if not title:
        return Wrong(words=words.without_title(found[-1].parameter if found else None))
    return Command(title=title, description="\n\n".join(filter(None, details)), said=said)


def _clean(text: str) -> str:
    """The text in NFC, without invisible characters."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(
        " " if sign.isspace() and sign != "\n" else sign
        for sign in composed
        if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )


def _quoted_title(line: str) -> tuple[str, str]:
    """Split a title in quotation marks off the line; it may contain what looks like a parameter."""
    value, end = _quoted(line, 0)
    return (" ".join(value.split()), line[end:]) if value.strip() else ("", line)


def _parameters(line: str) -> Iterator[_Found]:
    """Yield the parameters, up to the first that is repeated, which makes the line wrong."""
    plain, at, keys = folded(line), 0, set[str]()
    while (match := _KNOWN.search(plain, at)) is not None:
        parameter = BY_NAME[" ".join(match["name"].split())]
        value, end = _value(line, plain, match.end(), parameter.reach)
        yield _Found(parameter=parameter, value=value, start=match.start(), end=end)
        if parameter.key in keys:
            return
        keys.add(parameter.key)
        at = end


def _value(line: str, plain: str, at: int, reach: Reach) -> tuple[str, int]:
    value, end = _quoted(line, at)
    if end > at:
        return " ".join(value.split()), end
    effects = _KNOWN.search(plain, at)
    stop = effects.start() if effects else len(line)
    if reach is not Reach.REST:
        pattern = _DAY_TIME if reach is Reach.MOMENT else _WORD
        word = pattern.match(line, at, stop)
        stop = word.end() if word else at
    value = line[at:stop]
    marks = DOUBLE + SINGLE if value[:1] in tuple(DOUBLE + SINGLE) else ""
    return " ".join(value.strip(f" {marks}").rstrip(f" ,;]{marks}").split()), stop


def _quoted(line: str, at: int) -> tuple[str, int]:
    """The text in the quotation marks that open at `at`, and its end; `at` if none open there."""
    for marks in (DOUBLE, SINGLE):
        if line[at : at + 1] and line[at] in marks:
            for end in range(at + 1, len(line)):
                # An apostrophe within a name is no closing mark.
                if line[end] in marks and (
                    marks is DOUBLE or not line[end + 1 : end + 2].isalnum()
                ):
                    return line[at + 1 : end], end + 1
    return "", at


def _trouble(line: str, found: list[_Found]) -> Wrong | None:
    names = [each.parameter.key for each in found]
    for each in found:
        if not each.value:
            return Wrong(words=words.without_value(each.parameter))
        if names.count(each.parameter.key) > 1:
            return Wrong(words=words.twice(each.parameter))
    for name in _strangers(line, found):
        near = get_close_matches(folded(name), BY_NAME, n=1, cutoff=_NEAR)
        return Wrong(words=words.unknown(name, BY_NAME[near[0]] if near else None))
    return None


def _strangers(line: str, found: list[_Found]) -> Iterator[str]:
    """Unknown names that look like parameters: misspelt ones, `empresa:"…"` and `empresa:Boa`."""
    for match in _STRANGE.finditer(line):
        name, effects = match["name"], match["next"]
        if any(each.start <= match.start() < each.end for each in found):
            continue
        if folded(name) in SCHEMES or effects == "/":
            continue
        close = get_close_matches(folded(name), BY_NAME, n=1, cutoff=_NEAR)
        tight = match["sign"] == ":" and not match["gap"] and effects.isalpha()
        if close or tight or effects in DOUBLE:
            yield name


def _without(line: str, found: list[_Found]) -> str:
    """The line without its parameters.

    Square brackets around them are dropped too: some people copy them from the help, where they
    mark parameters as optional.
    """
    kept, at = [], 0
    for each in found:
        kept.append(line[at : each.start].rstrip(" ,;["))
        at = each.end
        at += len(line[at:]) - len(line[at:].lstrip(" ,;]"))
    kept.append(line[at:])
    return " ".join(" ".join(kept).split())


def _trimmed(below: str) -> str:
    return "\n".join(line.rstrip() for line in below.split("\n")).strip()
