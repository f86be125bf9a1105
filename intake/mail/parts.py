"""The MIME tree of a mail, and its leaves in reading order.

The standard library builds the tree, as it does inside mail-parser. mail-parser's own view of the
parts falls short here: it flattens alternatives and nested messages into one list, and keeps
attachments as base64 text.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.feedparser import FeedParser
from email.message import Message as MimePart
from email.policy import Compat32, Policy
from quopri import decodestring
from typing import TYPE_CHECKING, cast

from mailparser.utils import decode_base64_payload

from intake.mail import charset, headers

_OPAQUE = "application/octet-stream"
_PARAMETER_ERRORS = (ValueError, LookupError, TypeError, AttributeError)
"""What the standard library raises on broken header parameters, by version."""


class _Policy(Compat32):
    """Raw 8-bit header values become text at once: UTF-8 (RFC 6532), else Windows-1252."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        if not value.isascii():
            value = charset.decode(value.encode("ascii", "surrogateescape"), "utf-8")
        return name, value


if TYPE_CHECKING:
    _MimePart = MimePart[str, str]
else:
    _MimePart = MimePart


class Part(_MimePart):
    """A node of the tree. `message/*` is a leaf here: the exact bytes of a nested mail stay."""

    _payload: "str | list[Part] | None"

    def get_content_type(self) -> str:
        """As RFC 2045 says, but for `message/*` and broken values: application/octet-stream."""
        declared = self.declared_type()
        return _OPAQUE if declared.startswith("message/") else declared

    def declared_type(self) -> str:
        """`type/subtype` in lower case, with the defaults of RFC 2045, 5.2 and RFC 2046, 5.1.5."""
        try:
            return super().get_content_type()
        except _PARAMETER_ERRORS:
            return _OPAQUE

    def get_boundary(self, failobj: object = None) -> str | None:  # type: ignore[override]
        """None also where the parameter cannot be read."""
        try:
            return super().get_boundary()
        except _PARAMETER_ERRORS:
            return None

    def raw_payload(self) -> str:
        """A leaf's body as it came, bytes above 127 as surrogates; `get_payload` would decode."""
        return self._payload if isinstance(self._payload, str) else ""

    def children(self) -> list["Part"]:
        """The parts of a multipart."""
        return self._payload if isinstance(self._payload, list) else []


_POLICY: "Policy[Part]" = cast("Policy[Part]", _Policy())


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaf:
    """A part without parts, and where it stands."""

    part: Part
    content_type: str
    """As declared."""
    disposition: str
    """`attachment`, `inline` or empty, in lower case."""
    name: str
    """Decoded, not yet safe."""
    alternative: int = 0
    """The number of the multipart/alternative around it, 0 for none."""

    @property
    def charset(self) -> str:
        """As declared, empty where it is not."""
        try:
            value = self.part.get_content_charset("")
        except _PARAMETER_ERRORS:
            return ""
        return str(value)

    @property
    def content_id(self) -> str:
        """Without angle brackets."""
        return headers.decode_words(str(self.part.get("content-id", ""))).strip("<> ")

    @property
    def estimated_size(self) -> int:
        """In bytes after decoding, without decoding."""
        size = len(self.part.raw_payload())
        return size * 3 // 4 if _encoding(self.part) == "base64" else size

    def content(self) -> bytes:
        """Decoded from its transfer encoding; what cannot be decoded is left as it is."""
        return decode_transfer(
            self.part.raw_payload().encode("ascii", "surrogateescape"), _encoding(self.part)
        )

    def text(self) -> str:
        """Decoded to text, storable."""
        return charset.storable(charset.decode(self.content(), self.charset)).replace("\r\n", "\n")


def parse(raw: bytes) -> Part:
    """The tree of `raw`, whatever it is. Raises RecursionError where it is too deep: measure it
    before (`intake.mail.structure`)."""
    parser: FeedParser[Part] = FeedParser(Part, policy=_POLICY)
    parser.feed(raw.decode("ascii", "surrogateescape"))
    return parser.close()


def leaves(root: Part) -> Iterator[Leaf]:
    """Every leaf, in the order of the mail."""
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
            yield _leaf(part, alternative)


def _leaf(part: Part, alternative: int) -> Leaf:
    declared = part.declared_type()
    if declared.startswith("multipart/"):  # without a boundary, or without its parts: plain text
        declared = "text/plain"
    return Leaf(
        part=part,
        content_type=declared,
        disposition=headers.keyword(str(part.get("content-disposition", ""))),
        name=_name(part),
        alternative=alternative,
    )


def _name(part: Part) -> str:
    """From `filename` or `name`, by RFC 2231 or, as many programs write it, RFC 2047."""
    try:
        name = part.get_filename("")
    except _PARAMETER_ERRORS:
        name = ""
    return headers.decode_words(str(name or ""))


def _encoding(part: Part) -> str:
    return headers.keyword(str(part.get("content-transfer-encoding", "")))


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """`data` out of its Content-Transfer-Encoding (RFC 2045, 6); unknown ones change nothing."""
    if encoding == "quoted-printable":
        return decodestring(data)
    if encoding == "base64":
        try:
            return base64.b64decode(data)
        except binascii.Error:
            return bytes(decode_base64_payload(data.decode("ascii", "ignore")))
    if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
        return _from_uu(data)
    return data


_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.M)


def _from_uu(data: bytes) -> bytes:
    begin = _UU_BEGIN.search(data)
    decoded = bytearray()
    for line in data[begin.end() if begin else 0 :].splitlines():
        if line.strip() == b"end":
            break
        try:
            decoded += binascii.a2b_uu(line)
        except binascii.Error:  # broken encoders write too long lines; the first byte tells
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                decoded += binascii.a2b_uu(line[:length])
            except binascii.Error:
                continue
    return bytes(decoded)
