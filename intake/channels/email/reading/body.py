"""Sorts the leaves of a mail's MIME tree into text, files and a delivery report."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from intake.channels.email.reading import calendars, flowed, inline_files, parts, reports, winmail
from intake.channels.email.reading.part import Part
from intake.channels.email.reading.structure import Skeleton
from intake.channels.email.reading.texts import Texts
from intake.content.attachments import Collector
from intake.settings.mail import Mail
from routing.message import DeliveryReport

_PLAIN = frozenset(("text/plain", "text/markdown", "text/enriched", "text/richtext"))
_CALENDAR_CHARACTERS = 200_000
_MOST_NESTED = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What was read from the leaves."""

    text: str = ""
    html: str = ""
    """Safe HTML; empty if the mail has none."""
    invitation: str = ""
    """The event of a calendar part, in words."""
    report: DeliveryReport | None = None
    nested: tuple[bytes, ...] = ()
    """The raw bytes of mails that came as attachments."""
    notices: tuple[str, ...] = ()
    is_cut: bool = False
    """Whether text is missing, or its HTML was reduced to words."""


def read(root: Part, skeleton: Skeleton, *, collector: Collector | None, limits: Mail) -> Body:
    """Sort the leaves of `root`, the tree of `skeleton`, into text, files and a delivery report.

    Files go to `collector`. Without one (the mail was cut) they are skipped.
    """
    reader = _Reader(
        root=root,
        collector=collector,
        texts=Texts(limits.max_text),
        is_report=root.get_content_type() == "multipart/report",
    )
    for leaf in parts.leaves(root, skeleton):
        reader.take(leaf)
    return reader.body()


@dataclass(kw_only=True, slots=True)
class _Reader:
    root: Part
    collector: Collector | None
    texts: Texts
    is_report: bool
    _invitation: str = ""
    _status: bytes | None = None
    _returned: bytes = b""
    _nested: list[bytes] = field(default_factory=list)
    _notices: list[str] = field(default_factory=list)

    def take(self, leaf: parts.Leaf) -> None:
        """Process one leaf by its type."""
        if leaf.content_type in _PLAIN and self._is_body(leaf):
            self._take_plain(leaf)
        elif leaf.content_type == "text/html" and self._is_body(leaf):
            self.texts.add_html(leaf.text(self.texts.room_for_html), alternative=leaf.alternative)
        else:
            _TAKERS.get(leaf.content_type, _Reader._take_file)(self, leaf)

    def body(self) -> Body:
        """The Body, after the last leaf."""
        text = self.texts.text()
        notices = list(self._notices)
        if self.texts.is_cut:
            notices.append(
                f"O texto da mensagem passou do limite de {self.texts.limit} caracteres "
                "e foi cortado."
            )
        html = self.texts.html()
        if self.texts.is_simplified:
            notices.append(
                "O HTML da mensagem é complexo demais; foram guardadas só as palavras dele."
            )
        report = None
        if self._status is not None:
            report = reports.from_status(self._status, self._returned)
        return Body(
            text=text,
            html=html,
            invitation=self._invitation,
            report=report,
            nested=() if self.is_report else tuple(self._nested),
            notices=tuple(notices),
            is_cut=self.texts.is_cut or self.texts.is_simplified,
        )

    def _is_body(self, leaf: parts.Leaf) -> bool:
        """Whether a text part belongs to the mail's text: the only part, or unnamed and inline."""
        return leaf.part is self.root or (leaf.disposition != "attachment" and not leaf.name)

    def _take_plain(self, leaf: parts.Leaf) -> None:
        text = leaf.text(self.texts.room_for_plain)
        parameters = leaf.part.content_type_parameters()
        if parameters.get("format", "").lower() == "flowed":
            text = flowed.unflow(text, delete_space=parameters.get("delsp", "").lower() == "yes")
        text, files = inline_files.extract(text)
        self.texts.add_plain(text, alternative=leaf.alternative)
        for name, data in files:
            self._keep(data, name=name, declared="application/octet-stream")

    def _take_status(self, leaf: parts.Leaf) -> None:
        if self.is_report and self._status is None:
            self._status = leaf.content().data
        else:
            self._take_file(leaf)

    def _take_returned_headers(self, leaf: parts.Leaf) -> None:
        if self.is_report:
            self._returned = self._returned or leaf.content().data
        else:
            self._take_file(leaf)

    def _take_mail(self, leaf: parts.Leaf) -> None:
        data = leaf.content().data
        self._returned = self._returned or data
        if len(self._nested) < _MOST_NESTED:
            self._nested.append(data)
        self._keep(data, name=leaf.name or "mensagem.eml", declared="message/rfc822")

    def _take_calendar(self, leaf: parts.Leaf) -> None:
        if not self._invitation:
            self._invitation = calendars.describe(leaf.text(_CALENDAR_CHARACTERS))
        self._take_file(leaf)

    def _take_winmail(self, leaf: parts.Leaf) -> None:
        if self.collector is None:
            return
        if leaf.estimated_size > self.collector.limits.max_attachments_total:
            self._take_file(leaf)
            return
        contents = winmail.open_up(leaf.content().data)
        if contents is None:
            self._notices.append(
                "O arquivo winmail.dat, do Outlook, não pôde ser aberto; foi guardado como veio."
            )
            self._take_file(leaf)
            return
        for name, data in contents.files:
            self._keep(data, name=name, declared="application/octet-stream")
        if self.texts.is_empty:
            self.texts.add_html(contents.html, alternative=-1)
            self.texts.add_plain(contents.text, alternative=-1)

    def _pass_over(self, leaf: parts.Leaf) -> None:
        """Skip AMP HTML (the same text for some webmails) and macOS file icons."""

    def _take_file(self, leaf: parts.Leaf) -> None:
        if self.collector is None or not self.collector.has_room_for(
            leaf.name, leaf.estimated_size
        ):
            return
        content_id = leaf.content_id
        content = leaf.content()
        self.collector.add(
            content.data,
            is_whole=content.is_whole,
            name=leaf.name,
            declared=leaf.content_type,
            inline=leaf.disposition == "inline" or (bool(content_id) and not leaf.disposition),
            content_id=content_id,
        )

    def _keep(self, data: bytes, *, name: str, declared: str) -> None:
        if self.collector is not None:
            self.collector.add(data, name=name, declared=declared)


_TAKERS: Mapping[str, Callable[[_Reader, parts.Leaf], None]] = {
    "message/delivery-status": _Reader._take_status,
    "message/global-delivery-status": _Reader._take_status,
    "text/rfc822-headers": _Reader._take_returned_headers,
    "message/global-headers": _Reader._take_returned_headers,
    "message/rfc822": _Reader._take_mail,
    "message/global": _Reader._take_mail,
    "message/news": _Reader._take_mail,
    "text/calendar": _Reader._take_calendar,
    "application/ms-tnef": _Reader._take_winmail,
    "application/vnd.ms-tnef": _Reader._take_winmail,
    "text/x-amp-html": _Reader._pass_over,
    "application/applefile": _Reader._pass_over,
}
"""Methods for parts that are not text, by declared type. All other parts are files."""
