"""Extracts the visible text of HTML in lines, for the rules and for separating quoted mail."""

import html
import re
from collections.abc import Mapping

from inscriptis import get_text
from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_properties import Display
from inscriptis.model.attribute import Attribute
from inscriptis.model.config import ParserConfig
from inscriptis.model.css import CssParse
from inscriptis.model.html_document_state import HtmlDocumentState
from inscriptis.model.html_element import HtmlElement
from inscriptis.model.tag import CustomHtmlTagHandlerMapping
from inscriptis.model.tag.list_tag import ol_start_handler, ul_start_handler
from lxml.etree import LxmlError  # type: ignore[import-untyped]

from intake.content import html_bounds

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>")
_BLOCKS = frozenset(
    ("address", "blockquote", "br", "div", "dd", "dl", "dt", "hr", "li", "p", "pre", "tr")
) | {f"h{level}" for level in range(1, 7)}
_UNSEEN = frozenset(("script", "style", "head", "title"))
_BLANKS = " \t\u00a0\u200b\u200c\ufeff"
_GAPS = re.compile(r"\n{3,}")
_QUOTE_BEGINS, _QUOTE_ENDS = "\ue0f1", "\ue0f2"
"""Private-use characters that mark where quoted mail begins and ends, until lines are formed."""

_EDGES = re.compile(f"[{_QUOTE_BEGINS}{_QUOTE_ENDS}]")
_QUOTE = "mail-quote"
_MOST_MARKS = 10
_MOST_INDENTS = 10
_HIDDEN = re.compile(r"display\s*:\s*none", re.I)
_SPACED = re.compile(r"white-space\s*:\s*pre", re.I)


def read(markup: str) -> str:
    """The text of `markup`. Links and pictures leave only their text; quoted mail gets `>` marks.

    Each table row is one line with its cells one after the other. Mail uses tables for layout, so
    columns set side by side would break up sentences.
    """
    markup = _EDGES.sub("", markup)
    too_much = html_bounds.is_too_complex(markup)
    text = _words(markup) if too_much else _by_the_library(markup)
    lines = (line.rstrip(_BLANKS) for line in _marked(text).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip("\n")


def _by_the_library(markup: str) -> str:
    try:
        return str(get_text(markup, _CONFIG))
    except (LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return _words(markup)  # the library cannot parse this markup; its words are still readable


def _style(value: str, element: HtmlElement) -> None:
    """Apply only styles that affect the words. Margins of 10,000 em could fill memory."""
    if _HIDDEN.search(value):
        element.display = Display.none
    elif _SPACED.search(value):
        CssParse.attr_white_space("pre", element)


def _cell_ends(state: HtmlDocumentState) -> None:
    state.tags[-1].write(" ")


def _list_begins(state: HtmlDocumentState, attributes: Mapping[str, str]) -> None:
    begins = ol_start_handler if state.tags[-1].tag == "ol" else ul_start_handler
    begins(state, dict(attributes))
    if len(state.li_counter) > _MOST_INDENTS:
        state.tags[-1].padding_inline = 0


def _quote_begins(state: HtmlDocumentState, attributes: Mapping[str, str]) -> None:
    """Mark quoted mail, by its `type` or `class`. A plain `blockquote` may be mere indentation."""
    marks = f"{attributes.get('type', '')} {attributes.get('class', '')}".lower()
    if "cite" in marks or "quote" in marks:
        state.tags[-1].set_tag(_QUOTE)
        state.tags[-1].write(_QUOTE_BEGINS)


def _quote_ends(state: HtmlDocumentState) -> None:
    if state.tags[-1].tag == _QUOTE:
        state.tags[-1].write(_QUOTE_ENDS)


def _config() -> ParserConfig:
    block = HtmlElement(display=Display.block)
    listed = HtmlElement(display=Display.block, padding_inline=2)
    config = ParserConfig(
        css={**STRICT_CSS_PROFILE, "table": block, "tr": block, "ul": listed, "ol": listed},
        custom_html_tag_handler_mapping=CustomHtmlTagHandlerMapping(
            start_tag_mapping={
                **dict.fromkeys(("table", "tr", "td", "th")),
                "ul": _list_begins,
                "ol": _list_begins,
                "blockquote": _quote_begins,
            },
            end_tag_mapping={
                "table": None,
                "td": _cell_ends,
                "th": _cell_ends,
                "blockquote": _quote_ends,
            },
        ),
    )
    config.attribute_handler = Attribute()
    config.attribute_handler.attribute_mapping = {"style": _style}
    return config


_CONFIG = _config()


def _marked(text: str) -> str:
    """`text` with `>` in front of the lines of quoted mail."""
    if _QUOTE_BEGINS not in text:
        return text
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        bare = _EDGES.sub("", line)
        begun = depth + line.count(_QUOTE_BEGINS)
        if bare.strip() or bare == line:
            lines.append(f"{'>' * min(begun, _MOST_MARKS)} {bare}" if begun else bare)
        depth = max(0, begun - line.count(_QUOTE_ENDS))
    return "\n".join(lines)


def _words(markup: str) -> str:
    """The words of any markup, in linear time."""
    markup = _without_comments(markup)
    pieces: list[str] = []
    position = hidden = 0
    for match in _TAG.finditer(markup):
        if not hidden:
            pieces.append(markup[position : match.start()])
        position = match.end()
        tag = match[2].lower()
        if tag in _UNSEEN:
            hidden = max(0, hidden + (-1 if match[1] else 1))
        elif tag in _BLOCKS and not match[1]:
            pieces.append("\n")
    if not hidden:
        pieces.append(markup[position:])
    text = "".join(pieces)
    try:
        return html.unescape(text)
    except ValueError:  # a numeric entity of several thousand digits
        return text


def _without_comments(markup: str) -> str:
    kept: list[str] = []
    position = 0
    while (begin := markup.find("<!--", position)) >= 0:
        end = markup.find("-->", begin + 4)
        if end < 0:
            break
        kept.append(markup[position:begin])
        position = end + 3
    return "".join((*kept, markup[position:]))
