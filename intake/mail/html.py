"""HTML from strangers: its text for the rules, and a clean form that is safe to show."""

import html
import re
from html.parser import HTMLParser

import inscriptis
import nh3
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError  # type: ignore[import-untyped]

_DEEPEST = 150
"""Elements inside each other that the text extraction takes; mail from Outlook has some 40."""

_TAGS = nh3.ALLOWED_TAGS | {"font"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "align"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "valign"},
    "th": {"colspan", "rowspan", "valign"},
    "col": {"span"},
    "ol": {"start", "type"},
    "font": {"color"},
}
_DROPPED_WITH_CONTENT = {"script", "style", "title", "head", "template", "noscript", "iframe"}
_URL_SCHEMES = {"http", "https", "mailto", "tel", "cid"}


def _attribute(tag: str, name: str, value: str) -> str | None:
    """No remote image is ever fetched: only `cid:`, pictures that came with the mail, stay.

    A remote one would tell its sender who at the desk reads the mail, and when.
    """
    if tag == "img" and name == "src":
        return value if value.lower().startswith("cid:") else None
    if tag == "a" and name == "href" and value.lower().startswith("cid:"):
        return None
    return value


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_DROPPED_WITH_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes=_URL_SCHEMES,
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)
_PROFILE = ParserConfig(css=STRICT_CSS_PROFILE, display_links=False, display_images=False)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
_VOID = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    )
)
_OPTIONAL_END = frozenset(
    ("p", "li", "td", "th", "tr", "dd", "dt", "option", "tbody", "thead", "tfoot", "colgroup")
)
_BLANKS = re.compile(r"[ \t\u00a0\u200b\u200c\ufeff]+$", re.M)
_GAPS = re.compile(r"\n{3,}")


def clean(markup: str) -> str:
    """`markup` with nothing in it that runs, loads, tracks or styles; links open elsewhere.

    Kept are text marks, lists, tables, links to http, https, mailto and tel, and pictures by
    `cid:`. Everything else loses its tag, and script, style and frames also their content.
    """
    if _is_too_deep(markup):  # the cleaner's time grows with the square of the depth
        return from_text(_tidy(_Words.of(markup)))
    return _CLEANER.clean(markup)


def from_text(text: str) -> str:
    """Plain text as a piece of HTML."""
    return "<p>" + html.escape(text, quote=False).replace("\n", "<br>\n") + "</p>"


def to_text(markup: str) -> str:
    """What a reader would see of `markup`, in lines; links and pictures leave only their text."""
    if not _is_too_deep(markup):
        try:
            return _tidy(inscriptis.get_text(markup, _PROFILE))
        except (LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
            pass  # markup that the library cannot take; its words can still be had
    return _tidy(_Words.of(markup))


def _is_too_deep(markup: str) -> bool:
    depth = 0
    for match in _TAG.finditer(markup):
        tag = match[2].lower()
        if match[1]:
            depth -= tag not in _OPTIONAL_END
        elif not match[3] and tag not in _VOID and tag not in _OPTIONAL_END:
            depth += 1
            if depth > _DEEPEST:
                return True
    return False


def _tidy(text: str) -> str:
    return _GAPS.sub("\n\n", _BLANKS.sub("", text)).strip("\n")


class _Words(HTMLParser):
    """The words of markup of any shape, without recursion."""

    _BLOCKS = frozenset(
        (
            "address",
            "blockquote",
            "br",
            "div",
            "dd",
            "dl",
            "dt",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "li",
            "p",
            "pre",
            "tr",
        )
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._hidden = 0

    @classmethod
    def of(cls, markup: str) -> str:
        reader = cls()
        try:
            reader.feed(markup)
            reader.close()
        except (AssertionError, ValueError, RecursionError):
            pass  # what was read so far is better than nothing
        return "".join(reader._pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style", "head", "title")
        if tag in self._BLOCKS:
            self._pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head", "title"):
            self._hidden = max(0, self._hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._pieces.append(data)
