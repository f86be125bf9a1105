"""A node of a mail's tree: the standard library's, made to refuse nothing."""

import re
from email.feedparser import FeedParser
from email.message import Message as MimePart
from email.policy import Compat32, Policy
from typing import TYPE_CHECKING, cast

from intake.content import charset

_OPAQUE = "application/octet-stream"
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
"""RFC 6838, 4.2; what some programs write behind it without a semicolon is left out."""

PARAMETER_ERRORS = (ValueError, LookupError, TypeError, AttributeError)
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
    _declared: str | None = None

    def get_content_type(self) -> str:
        """As RFC 2045 says, but for `message/*` and broken values: application/octet-stream."""
        declared = self.declared_type()
        return _OPAQUE if declared.startswith("message/") else declared

    def declared_type(self) -> str:
        """`type/subtype` in lower case, with the defaults of RFC 2045, 5.2 and RFC 2046, 5.1.5.

        Kept: the parser asks a dozen times, and only when a part's headers are complete.
        """
        if self._declared is None:
            try:
                match = _TYPE.match(super().get_content_type())
            except PARAMETER_ERRORS:
                match = None
            self._declared = match[0] if match else _OPAQUE
        return self._declared

    def get_boundary(self, failobj: object = None) -> str | None:  # type: ignore[override]
        """None also where the parameter cannot be read."""
        try:
            return super().get_boundary()
        except PARAMETER_ERRORS:
            return None

    def raw_payload(self) -> str:
        """A leaf's body as it came, bytes above 127 as surrogates; `get_payload` would decode."""
        return self._payload if isinstance(self._payload, str) else ""

    def children(self) -> list["Part"]:
        """The parts of a multipart."""
        return self._payload if isinstance(self._payload, list) else []

    def name(self) -> str:
        """From `filename` or `name`, RFC 2231 decoded, encoded words as they are; "" for none."""
        try:
            return str(self.get_filename("") or "")
        except PARAMETER_ERRORS:
            return ""

    def content_type_parameters(self) -> dict[str, str]:
        """Of Content-Type, names in lower case; those that cannot be read are missing."""
        try:
            return {key.lower(): str(value) for key, value in self.get_params([])}
        except PARAMETER_ERRORS:
            return {}

    def declared_charset(self) -> str:
        """In lower case; empty where there is none, or none that can be read."""
        try:
            return str(self.get_content_charset("") or "")
        except PARAMETER_ERRORS:
            return ""


_POLICY: "Policy[Part]" = cast("Policy[Part]", _Policy())


def parse(data: bytes) -> Part:
    """The tree of `data`. Recurses on levels: only for what `structure` let through."""
    parser: FeedParser[Part] = FeedParser(Part, policy=_POLICY)
    parser.feed(data.decode("ascii", "surrogateescape"))
    return parser.close()
