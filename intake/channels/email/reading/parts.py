"""The leaves of a mail's MIME tree, in reading order.

The standard library builds the tree, as it does inside mail-parser. mail-parser's own list of parts
is not sufficient: it flattens alternatives and nested messages into one list, and keeps attachments
as base64 text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.channels.email.reading import transfer
from intake.channels.email.reading.part import Part
from intake.channels.email.reading.structure import Skeleton
from intake.content import charset, encoded_words, headers

_BASE64_BYTES, _BASE64_LINE = 57, 78
"""Bytes in a base64 line, and its length: 76 characters and a line end (RFC 2045, 6.8)."""

_BYTES_PER_CHARACTER = 16
"""Maximum encoded bytes per character in any charset and transfer encoding, line ends included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """A part without subparts, and its place in the mail."""

    part: Part
    skeleton: Skeleton = field(repr=False)
    content_type: str
    """The declared type, except for broken multiparts (text/plain) and winmail.dat."""
    disposition: str
    """`attachment`, `inline` or empty, in lower case."""
    name: str
    """The file name, decoded but not made safe."""
    alternative: int = 0
    """The number of the enclosing multipart/alternative, 0 if there is none."""

    @property
    def content_id(self) -> str:
        """The Content-ID without angle brackets."""
        return encoded_words.decode(str(self.part.get("content-id", ""))).strip("<> ")

    @property
    def estimated_size(self) -> int:
        """Estimate of the decoded size in bytes. Too high for base64 in short lines."""
        size = len(self._encoded())
        return size * _BASE64_BYTES // _BASE64_LINE if self._encoding == "base64" else size

    def content(self) -> transfer.Decoded:
        """The bytes, decoded from their transfer encoding as far as possible."""
        return transfer.decode(bytes(self._encoded()), self._encoding)

    def text(self, limit: int) -> str:
        """The text as storable characters: the first `limit`, or slightly more."""
        encoded = bytes(self._encoded()[: limit * _BYTES_PER_CHARACTER])
        data = transfer.decode(encoded, self._encoding).data
        declared = self.part.declared_charset()
        if self.content_type == "text/html" and declared in ("", "us-ascii"):
            declared = charset.declared_in_html(data) or declared
        text = charset.decode(data, declared)
        return _storable_beginning(text.replace("\r\n", "\n").replace("\r", "\n"), limit)

    @property
    def _encoding(self) -> str:
        return headers.keyword(str(self.part.get("content-transfer-encoding", "")))

    def _encoded(self) -> bytes | memoryview:
        return self.skeleton.body(self.part.raw_payload())


def _storable_beginning(text: str, limit: int) -> str:
    """The beginning of `text`, made storable in pieces, because most of it may be dropped."""
    pieces: list[str] = []
    position = size = 0
    while position < len(text) and size < limit:
        pieces.append(charset.storable(text[position : position + limit]))
        position += limit
        size += len(pieces[-1])
    return "".join(pieces)


def leaves(root: Part, skeleton: Skeleton) -> Iterator[Leaf]:
    """Every leaf under `root`, which was parsed from `skeleton`."""
    waiting: list[tuple[Part, int]] = [(root, 0)]
    groups = 0
    while waiting:
        part, alternative = waiting.pop()
        if part.is_multipart():
            if not alternative and part.get_content_type() == "multipart/alternative":
                groups += 1
                alternative = groups
            waiting.extend((child, alternative) for child in reversed(part.children()))
        else:
            yield _leaf(part, skeleton, alternative)


def _leaf(part: Part, skeleton: Skeleton, alternative: int) -> Leaf:
    declared = part.declared_type()
    if declared.startswith("multipart/"):  # no boundary or no parts: treat it as plain text
        declared = "text/plain"
    name = encoded_words.decode(part.name())
    if name.lower() == "winmail.dat" and declared == "application/octet-stream":
        declared = "application/ms-tnef"
    return Leaf(
        part=part,
        skeleton=skeleton,
        content_type=declared,
        disposition=headers.keyword(str(part.get("content-disposition", ""))),
        name=name,
        alternative=alternative,
    )
