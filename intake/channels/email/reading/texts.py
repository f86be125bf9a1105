"""Joins the text parts of a mail and chooses between plain text and HTML."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from intake.content import html_bounds, html_text, safe_html

_WIDEST_HTML = 500_000
"""Maximum characters of HTML that are read, over all parts."""

_MOST_SECTIONS = 100
_STUB_LENGTH = 200


@dataclass(slots=True)
class _Section:
    """One text, in one form or in two alternative forms."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    def text(self) -> str:
        """The plain form; the HTML form if the plain one is empty or only refers to the HTML."""
        plain = "\n".join(self.plain).strip("\n")
        if self.html and _says_nothing(plain):
            return "\n".join(map(html_text.read, self.html)) or plain
        return plain

    def clean_html(self) -> Sequence[str]:
        """Safe HTML; made from the plain form if there is no HTML form."""
        if self.html:
            return [safe_html.clean(markup) for markup in self.html]
        return [safe_html.from_text(text) for text in self.plain]


@dataclass(slots=True)
class Texts:
    """Takes the text parts one by one, in the order of the mail, and joins them.

    `limit` is in characters. Text beyond it is dropped and `is_cut` set.
    """

    limit: int
    is_cut: bool = False
    is_simplified: bool = False
    """Set if HTML was too complex for a parser, so that only its words were read."""
    _sections: list[_Section] = field(default_factory=list)
    _groups: dict[int, _Section] = field(default_factory=dict)
    _plain_size: int = 0
    _html_size: int = 0

    def add_plain(self, text: str, *, alternative: int = 0) -> None:
        """Add plain text. `alternative` numbers the enclosing multipart/alternative, 0 for none."""
        text = self._within(text, self.limit - self._plain_size)
        self._plain_size += len(text)
        if text.strip():
            self._section(alternative).plain.append(text)

    def add_html(self, markup: str, *, alternative: int = 0) -> None:
        """Add HTML. `alternative` as in `add_plain`."""
        markup = self._within(markup, _WIDEST_HTML - self._html_size)
        if self.is_cut and markup.rfind("<") > markup.rfind(">"):
            markup = markup[: markup.rfind("<")]
        self._html_size += len(markup)
        self.is_simplified |= html_bounds.is_too_complex(markup)
        if markup.strip():
            self._section(alternative).html.append(markup)

    @property
    def room_for_html(self) -> int:
        """Characters that `add_html` would still keep, plus one by which a cut is noticed."""
        return _WIDEST_HTML - self._html_size + 1

    @property
    def room_for_plain(self) -> int:
        """Characters that `add_plain` would still keep, plus one by which a cut is noticed."""
        return self.limit - self._plain_size + 1

    @property
    def is_empty(self) -> bool:
        """True if no text was added so far."""
        return not self._sections

    def text(self) -> str:
        """All text, plain. Slow if there is only HTML: call it once."""
        text = "\n\n".join(filter(str.strip, (section.text() for section in self._sections)))
        return self._within(text, self.limit)

    def html(self) -> str:
        """All text as safe HTML; empty if no part is HTML."""
        if not any(section.html for section in self._sections):
            return ""
        return "\n".join(piece for section in self._sections for piece in section.clean_html())

    def _section(self, alternative: int) -> _Section:
        known = self._groups.get(alternative) if alternative else None
        if known is not None:
            return known
        if len(self._sections) >= _MOST_SECTIONS:
            return self._sections[-1]
        section = _Section()
        self._sections.append(section)
        if alternative:
            self._groups[alternative] = section
        return section

    def _within(self, text: str, room: int) -> str:
        if len(text) <= room:
            return text
        self.is_cut = True
        return text[: max(0, room)]


def _says_nothing(plain: str) -> bool:
    """True for empty text, and for "Seu programa de e-mail não mostra mensagens em HTML."."""
    return not plain.strip() or (len(plain) <= _STUB_LENGTH and "html" in plain.lower())
