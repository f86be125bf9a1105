"""The text of a mail and its files, from the leaves of its tree."""

from dataclasses import dataclass, field

from intake.mail import html, parts, reports
from intake.mail.attachments import Collector
from intake.settings.mail import Mail
from routing.message import DeliveryReport

_WIDEST_HTML = 1_000_000
"""Characters of HTML that are looked at; text beyond is cut with a notice anyway."""

_NESTED = frozenset(("message/rfc822", "message/global", "message/news"))
_RETURNED_HEADERS = frozenset(("text/rfc822-headers", "message/global-headers"))
_STATUS = frozenset(("message/delivery-status", "message/global-delivery-status"))
_STUB_WORDS = ("html",)
_STUB_LENGTH = 200


@dataclass(slots=True)
class _Section:
    """Text that stands for itself, in one form or in two alternative ones."""

    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class Body:
    """What the leaves gave."""

    text: str = ""
    html: str = ""
    """Clean; empty where the mail has none."""
    report: DeliveryReport | None = None
    nested: tuple[bytes, ...] = ()
    """Mails that came as attachments."""
    notices: tuple[str, ...] = ()


def read(root: parts.Part, collector: Collector | None, limits: Mail) -> Body:
    """Sort the leaves of `root` into text, files and a delivery report.

    Files go to `collector`; without one (the mail was cut) they are passed over.
    """
    reader = _Reader(
        collector=collector,
        limits=limits,
        is_report=root.get_content_type() == "multipart/report",
    )
    for leaf in parts.leaves(root):
        reader.take(leaf)
    return reader.body()


@dataclass(kw_only=True, slots=True)
class _Reader:
    collector: Collector | None
    limits: Mail
    is_report: bool
    _sections: list[_Section] = field(default_factory=list)
    _groups: dict[int, _Section] = field(default_factory=dict)
    _status: bytes | None = None
    _returned: bytes = b""
    _nested: list[bytes] = field(default_factory=list)

    def take(self, leaf: parts.Leaf) -> None:
        kind = leaf.content_type
        if kind in _STATUS and self.is_report:
            self._status = self._status or leaf.content()
        elif kind in _RETURNED_HEADERS and self.is_report:
            self._returned = self._returned or leaf.content()
        elif kind in _NESTED:
            self._take_mail(leaf)
        elif kind in ("text/plain", "text/html") and _is_body(leaf):
            self._take_text(leaf)
        else:
            self._take_file(leaf)

    def _take_text(self, leaf: parts.Leaf) -> None:
        section = self._groups.get(leaf.alternative) if leaf.alternative else None
        if section is None:
            section = _Section()
            self._sections.append(section)
            if leaf.alternative:
                self._groups[leaf.alternative] = section
        text = leaf.text()
        if text.strip():
            (section.html if leaf.content_type == "text/html" else section.plain).append(text)

    def _take_mail(self, leaf: parts.Leaf) -> None:
        data = leaf.content()
        self._returned = self._returned or data
        self._nested.append(data)
        if self.collector is not None:
            name = leaf.name or "mensagem encaminhada.eml"
            self.collector.add(data, name=name, declared="message/rfc822")

    def _take_file(self, leaf: parts.Leaf) -> None:
        if self.collector is None or not self.collector.has_room_for(
            leaf.name, leaf.estimated_size
        ):
            return
        content_id = leaf.content_id
        self.collector.add(
            leaf.content(),
            name=leaf.name,
            declared=leaf.content_type,
            inline=leaf.disposition == "inline" or (bool(content_id) and not leaf.disposition),
            content_id=content_id,
        )

    def body(self) -> Body:
        limit = self.limits.max_text
        text = "\n\n".join(filter(None, map(_section_text, self._sections)))
        notices: list[str] = []
        if len(text) > limit:
            text = text[:limit]
            notices.append(
                f"O texto da mensagem passou do limite de {limit} caracteres e foi cortado."
            )
        report = None
        if self._status is not None:
            report = reports.from_status(self._status, self._returned)
        return Body(
            text=text,
            html=self._clean_html(),
            report=report,
            nested=tuple(self._nested),
            notices=tuple(notices),
        )

    def _clean_html(self) -> str:
        if not any(section.html for section in self._sections):
            return ""
        pieces: list[str] = []
        for section in self._sections:
            if section.html:
                pieces.extend(html.clean(markup[:_WIDEST_HTML]) for markup in section.html)
            elif section.plain:
                pieces.extend(map(html.from_text, section.plain))
        return "\n".join(pieces)


def _is_body(leaf: parts.Leaf) -> bool:
    return leaf.disposition != "attachment" and not leaf.name


def _section_text(section: _Section) -> str:
    plain = "\n".join(section.plain).strip()
    if section.html and (not plain or _is_stub(plain)):
        return "\n".join(html.to_text(markup[:_WIDEST_HTML]) for markup in section.html) or plain
    return plain


def _is_stub(plain: str) -> bool:
    """A plain part that only says that the mail is HTML."""
    lowered = plain.lower()
    return len(plain) <= _STUB_LENGTH and any(word in lowered for word in _STUB_WORDS)
