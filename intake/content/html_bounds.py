"""Detects HTML on which parsers would use excessive time or memory.

A parser's time grows with the square of the number of attributes of one tag and of the depth of
nested elements. One pass counts both. It uses the tokens of the HTML standard (13.2.5) and never
counts less nesting than a parser builds (13.2.6): a closing tag counts only where it must close
an element.
"""

import re
from functools import lru_cache

DEEPEST = 150
"""Maximum depth of nested elements. Mail from Outlook has some 40."""

MOST_TAGS = 40_000
"""Maximum number of tags, opening and closing. The library that extracts the text needs some 30
microseconds for each element."""

MOST_ATTRIBUTES = 200
"""Maximum attributes of one tag. Genuine tags have some dozen."""

_ATTRIBUTE = (
    r"[ \t\n\f\r/]*+[^ \t\n\f\r/>][^ \t\n\f\r/>=]*+"
    r"(?:[ \t\n\f\r]*+=[ \t\n\f\r]*+"
    r"(?:\"[^\"]*+\"|'[^']*+'|[^ \t\n\f\r>\"'][^ \t\n\f\r>]*+)?+)?+"
)
_START = re.compile(r"<(?=[a-zA-Z])")
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<[!?][^>]*+>?|</(?![a-zA-Z])[^>]*+>?"
    r"|<(/?)([a-zA-Z][^ \t\n\f\r/>]*+)"
    rf"(?:{_ATTRIBUTE}){{0,{MOST_ATTRIBUTES}}}+({_ATTRIBUTE})?+[ \t\n\f\r/]*+>?+",
    re.S,
)
_ANYTHING = re.compile(r"<[a-zA-Z/!?]")
_OVERLAP = 4
"""How many times the markup's length may be searched for tags inside comments and values."""

_VOID = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
        "br",
        "col",
        "embed",
        "frame",
        "hr",
        "image",
        "img",
        "input",
        "keygen",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_MOST_DOCUMENTS = 50
"""Maximum `html` and `body` tags: parsers merge the attributes of all of them into one element."""

_UNCOUNTED = frozenset(("html", "head", "body", "p"))
"""Elements that are never nested directly in one of the same name."""

_FORMATTING = frozenset(
    (
        "a",
        "b",
        "big",
        "code",
        "em",
        "font",
        "i",
        "nobr",
        "s",
        "small",
        "strike",
        "strong",
        "tt",
        "u",
    )
)
"""Elements that a parser opens again after a block that ended before them."""

_SPECIAL = frozenset(
    [
        "address",
        "applet",
        "article",
        "aside",
        "blockquote",
        "button",
        "caption",
        "center",
        "colgroup",
        "dd",
        "details",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "iframe",
        "li",
        "listing",
        "main",
        "marquee",
        "menu",
        "nav",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "ol",
        "plaintext",
        "pre",
        "script",
        "search",
        "section",
        "select",
        "style",
        "summary",
        "table",
        "tbody",
        "td",
        "template",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
        "xmp",
        "svg",
        "math",
    ]
)
_CELLS = frozenset(("td", "th", "caption"))
_ROWS = _CELLS | {"tr"}
_TABLE_PARTS = _ROWS | {"tbody", "thead", "tfoot", "colgroup"}
_CLOSED_BY_NEXT = {
    "li": frozenset(("li",)),
    **dict.fromkeys(("dd", "dt"), frozenset(("dd", "dt"))),
    "option": frozenset(("option",)),
    "optgroup": frozenset(("option", "optgroup")),
    **dict.fromkeys(("td", "th"), _CELLS),
    "tr": _ROWS,
    **dict.fromkeys(("tbody", "thead", "tfoot", "colgroup", "caption"), _TABLE_PARTS),
}
_FENCES = frozenset(("table", "template", "svg", "math", "select"))
"""A closing tag inside these cannot close an element outside them."""

_SCOPES = _FENCES | _CELLS | {"object", "applet", "marquee"}
_FORGETTING = _CELLS | {"object", "applet", "marquee", "template"}
"""Elements after whose end unclosed formatting is not opened again."""

_RAW = frozenset(
    [
        "script",
        "style",
        "title",
        "textarea",
        "xmp",
        "iframe",
        "noembed",
        "noframes",
        "noscript",
        "plaintext",
    ]
)
"""Elements whose content is text rather than markup, except inside _NOT_EVERYWHERE."""

_NOT_EVERYWHERE = re.compile(r"<(?:svg|math|select|noscript|template|frameset|plaintext)\b", re.I)


@lru_cache(maxsize=1)
def is_too_complex(markup: str) -> bool:
    """Whether `markup` has too many tags, too many attributes in one tag or too deep nesting."""
    if markup.count("<") > MOST_TAGS:
        return True
    depth = _Depth()
    is_odd = False
    position = seen = documents = 0
    while match := _TOKEN.search(markup, position):
        position = match.end()
        name = match[2]
        if name is None:
            is_odd |= match[0].startswith("<![CDATA[")
            continue
        if match[3] is not None:
            return True
        name = name.lower()
        if match[1]:
            depth.close(name)
            continue
        seen += 1
        documents += name in ("html", "body")
        if documents > _MOST_DOCUMENTS:
            return True
        if name in _RAW:
            end = _raw_end(markup, name, position)
            is_odd |= _ANYTHING.search(markup, position, end) is not None
            position = end
        elif depth.open(name) > DEEPEST:
            return True
    starts = len(_START.findall(markup))
    if is_odd and starts > DEEPEST and _NOT_EVERYWHERE.search(markup):
        return True  # a parser's state decides what is text and what are tags: unknown here
    return starts != seen and _is_crowded(markup)


def _raw_end(markup: str, name: str, start: int) -> int:
    match = re.compile(rf"</{name}(?=[ \t\n\f\r/>])", re.I).search(markup, start)
    return match.start() if match and name != "plaintext" else len(markup)


def _is_crowded(markup: str) -> bool:
    """Whether any tag has too many attributes, including tags inside comments and values."""
    room = _OVERLAP * len(markup) + 10_000
    for start in _START.finditer(markup):
        match = _TOKEN.match(markup, start.start())
        if match is None:
            continue
        room -= match.end() - match.start()
        if match[3] is not None or room < 0:
            return True
    return False


class _Depth:
    """The elements that are open, or that a parser would open again."""

    def __init__(self) -> None:
        self._open: list[str] = []

    def open(self, name: str) -> int:
        """Process an opening tag; returns the depth of nested elements."""
        if name in _VOID or name in _UNCOUNTED:
            return len(self._open)
        if name in _CLOSED_BY_NEXT:
            self._close_before(_CLOSED_BY_NEXT[name])
        self._open.append(name)
        return len(self._open)

    def close(self, name: str) -> None:
        """Process a closing tag, which may close nothing."""
        opened = self._open
        if opened and opened[-1] == name:
            opened.pop()
        elif name not in _SPECIAL:
            self._close_inline(name)
        else:
            fences = _FENCES if name in _TABLE_PARTS or name in _FENCES else _SCOPES
            for at in range(len(opened) - 1, -1, -1):
                if opened[at] == name:
                    self._cut(at)
                    return
                if opened[at] in fences:
                    return

    def _close_inline(self, name: str) -> None:
        opened = self._open
        for at in range(len(opened) - 1, -1, -1):
            if opened[at] == name:
                if name in _FORMATTING:
                    del opened[at]
                else:
                    self._cut(at)
                return
            if opened[at] in _SPECIAL:
                return

    def _close_before(self, ended: frozenset[str]) -> None:
        opened = self._open
        at = len(opened)
        while at and (opened[at - 1] in ended or opened[at - 1] not in _SPECIAL):
            at -= 1
            if opened[at] in ended:
                self._cut(at)
                at = min(at, len(opened))

    def _cut(self, at: int) -> None:
        """Close the elements from `at` on and open the formatting among them again."""
        forgets = self._open[at] in _FORGETTING
        left = [] if forgets else [one for one in self._open[at:] if one in _FORMATTING]
        self._open[at:] = left
