"""Collects a message's files: names them safely, types them by content, enforces limits."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from intake.content import file_names, file_types
from intake.settings.mail import Mail
from routing.message import Attachment

_EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/zip": ".zip",
}


@dataclass(kw_only=True, slots=True)
class Collector:
    """Takes files one by one and keeps those within `limits`.

    Files over a limit are counted and reported in `notices`; the raw message still has them.
    """

    limits: Mail
    kept: list[Attachment] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _size: int = 0
    _left_out: int = 0

    def has_room_for(self, name: str, size: int) -> bool:
        """Whether a file of `size` bytes fits the limits. If not, record a notice.

        Call it before decoding the file.
        """
        limits = self.limits
        if len(self.kept) >= limits.max_attachments:
            self._left_out += 1
            return False
        if size > limits.max_attachment:
            self._refuse(name, f"passou do limite de {megabytes(limits.max_attachment)} por anexo")
            return False
        if self._size + size > limits.max_attachments_total:
            total = megabytes(limits.max_attachments_total)
            self._refuse(name, f"faria os anexos passarem do limite de {total} no total")
            return False
        return True

    def add(
        self,
        data: bytes,
        *,
        name: str,
        declared: str,
        inline: bool = False,
        content_id: str = "",
        is_whole: bool = True,
    ) -> None:
        """Keep `data` if the limits allow it. A damaged file is kept, with a notice."""
        if not self.has_room_for(name, len(data)):
            return
        found = declared
        if not declared.startswith("message/"):
            found = file_types.content_type(data, name=name, declared=declared)
        safe = file_names.safe(name, extension=_EXTENSIONS.get(found, ""))
        name = file_names.distinct(safe, self._taken)
        if not is_whole:
            self.notices.append(
                f"O anexo “{name}” chegou danificado; foi guardado o que pôde ser lido dele."
            )
        self.kept.append(
            Attachment(
                name=name,
                content_type=found,
                content=data,
                inline=inline,
                content_id=content_id,
            )
        )
        self._size += len(data)

    def all_notices(self) -> Iterable[str]:
        """The notices so far, and one more with the number of files over `max_attachments`."""
        yield from self.notices
        if self._left_out:
            yield (
                f"A mensagem tem mais de {self.limits.max_attachments} anexos; "
                f"{self._left_out} deles não foram guardados."
            )

    def _refuse(self, name: str, why: str) -> None:
        self.notices.append(f"O anexo “{file_names.safe(name)}” {why} e não foi guardado.")


def megabytes(size: int) -> str:
    """`size` (bytes) for people to read: "25 MB", "1,5 MB", "300 kB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB" if size else "0 kB"
    return f"{size / 1_000_000:.1f}".removesuffix(".0").replace(".", ",") + " MB"
