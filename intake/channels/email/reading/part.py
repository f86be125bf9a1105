"""A node of a mail's MIME tree: the standard library's class, changed to reject nothing."""

import re
from email.feedparser import FeedParser
from email.message import Message as MimePart
from email.policy import Compat32, Policy
from typing import TYPE_CHECKING, cast

from intake.content import charset

_OPAQUE = "application/octet-stream"
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
"""A media type (RFC 6838, 4.2). Text that follows it without a semicolon is ignored."""

PARAMETER_ERRORS = (ValueError, LookupError, TypeError, AttributeError)
"""Exceptions that versions of the standard library raise on broken header parameters."""


class _Policy(Compat32):
    """Decodes raw 8-bit header values at once: as UTF-8 (RFC 6532), else Windows-1252."""

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
    """A node of the tree. `message/*` is a leaf, so that the exact bytes of a nested mail stay."""

    _payload: "str | list[Part] | None"
    _declared: str | None = None

    def get_content_type(self) -> str:
        """The type by RFC 2045; application/octet-stream for `message/*` and broken values."""
        declared = self.declared_type()
        return _OPAQUE if declared.startswith("message/") else declared

    def declared_type(self) -> str:
        """`type/subtype` in lower case, with the defaults of RFC 2045, 5.2 and RFC 2046, 5.1.5.

        The value is cached. The parser asks a dozen times, and only once a part's headers are
        complete.
        """
        if self._declared is None:
            try:
                match = _TYPE.match(super().get_content_type())
            except PARAMETER_ERRORS:
                match = None
            self._declared = match[0] if match else _OPAQUE
        return self._declared

    def get_boundary(self, failobj: object = None) -> str | None:  # type: ignore[override]
        """The boundary parameter; None if it is missing or cannot be read."""
        try:
            return super().get_boundary()
        except PARAMETER_ERRORS:
            return None

    def raw_payload(self) -> str:
        """A leaf's body, not decoded (unlike `get_payload`). Bytes above 127 are surrogates."""
        return self._payload if isinstance(self._payload, str) else ""

    def children(self) -> list["Part"]:
        """The parts of a multipart; empty for a leaf."""
        return self._payload if isinstance(self._payload, list) else []

    def name(self) -> str:
        """The name in `filename` or `name`; "" if there is none.

        It is decoded by RFC 2231; encoded words in it are not decoded.
        """
        try:
            return str(self.get_filename("") or "")
        except PARAMETER_ERRORS:
            return ""

    def content_type_parameters(self) -> dict[str, str]:
        """The parameters of Content-Type, names in lower case; empty if they cannot be read."""
        try:
            return {key.lower(): str(value) for key, value in self.get_params([])}
        except PARAMETER_ERRORS:
            return {}

    def declared_charset(self) -> str:
        """The charset in lower case; empty if it is missing or cannot be read."""
        try:
            return str(self.get_content_charset("") or "")
        except PARAMETER_ERRORS:
            return ""


_POLICY: "Policy[Part]" = cast("Policy[Part]", _Policy())


def parse(data: bytes) -> Part:
    """The MIME tree of `data`.

    It recurses for each level, so call it only with a skeleton of `structure`.
    """
    parser: FeedParser[Part] = FeedParser(Part, policy=_POLICY)
    parser.feed(data.decode("ascii", "surrogateescape"))
    return parser.close()
