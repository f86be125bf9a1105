"""Parses one Authentication-Results field strictly by its grammar (RFC 8601, 2.2).

An attacker can choose the contents of quoted strings, comments and property values. None of them
is ever read as a statement of the server. A field that does not follow the grammar has no results.
"""

import re
from dataclasses import dataclass, field

LONGEST = 8_192
"""Maximum characters of a field. A longer one is not read, since the cut could hide the verdict."""

_DEEPEST_COMMENT = 20
_MOST_RESULTS = 200

_BLANK = " \t\r\n"
_TOKEN = re.compile(r"[^\x00-\x20\x7f()<>@,;:\\\"/\[\]?=]+")
"""A token (RFC 2045, 5.1). The grammar's `value` is a token or a quoted string."""

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*+)"', re.S)
_KEYWORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?")
_BARE_VALUE = re.compile(r"[^\x00-\x20\x7f();\"\\]+")
"""A value that may contain more than a token: addresses, selectors, and text that servers should
have put in quotation marks (`header.b=abc/def=`)."""

_DOMAIN = re.compile(r"@[^\x00-\x20\x7f();\"\\@]+")
_VERSION = re.compile(r"[0-9]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """The result of one method. All is in lower case except the properties' values."""

    method: str
    outcome: str
    properties: dict[str, str] = field(default_factory=dict)
    """Values by `ptype.property`. A property with two different values is left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """A whole field. `server` is in lower case; empty if the field names none (Exchange)."""

    server: str
    results: tuple[Result, ...] = ()


class _Invalid(Exception):
    """the field does not follow the grammar"""


def parse(value: str) -> Statement | None:
    """Parse the unfolded value of a field; None if it does not follow RFC 8601.

    Exchange Online's form without a server (`spf=pass …; dkim=…`) is also accepted.
    """
    if len(value) > LONGEST:
        return None
    try:
        return _Reader(value).statement()
    except _Invalid:
        return None


def server_of(value: str) -> str:
    """The server named in a field that `parse` rejects; empty if not even that can be read."""
    try:
        return _Reader(value[:LONGEST]).server()
    except _Invalid:
        return ""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def statement(self) -> Statement:
        server = "" if self._begins_with_result() else self.server()
        if server:
            self._take(_VERSION)
            self._skip()
            if self._is_at_end():
                return Statement(server=server)  # against the grammar, but without any result
            self._expect(";")
        results: list[Result] = []
        while True:
            self._skip()
            if self._is_at_end():
                return Statement(server=server, results=tuple(results))
            if not results and self._is_none():
                return Statement(server=server)
            results.append(self._result())
            if len(results) > _MOST_RESULTS:
                raise _Invalid
            self._skip()
            if not self._is_at_end():
                self._expect(";")

    def server(self) -> str:
        self._skip()
        server = self._quoted() if self._peek() == '"' else self._take(_TOKEN)
        if not server:
            raise _Invalid
        self._skip()
        return server.strip().lower()

    def _begins_with_result(self) -> bool:
        start = self._at
        try:
            self._skip()
            self._method()
        except _Invalid:
            return False
        finally:
            self._at = start
        return True

    def _is_none(self) -> bool:
        start = self._at
        if self._take(_KEYWORD).lower() == "none":
            self._skip()
            self._accept(";")
            self._skip()
            if self._is_at_end():
                return True
        self._at = start
        return False

    def _result(self) -> Result:
        method = self._method()
        outcome = self._take(_KEYWORD).lower()
        if not outcome or self._peek() not in f"{_BLANK};(":
            raise _Invalid
        properties: dict[str, str] = {}
        twice: set[str] = set()
        while True:
            self._skip()
            if self._is_at_end() or self._peek() == ";":
                break
            name = self._name()
            self._skip()
            self._expect("=")
            self._skip()
            value = self._value()
            if properties.setdefault(name, value) != value:
                twice.add(name)
        sound = {name: value for name, value in properties.items() if name not in twice}
        return Result(method=method, outcome=outcome, properties=sound)

    def _method(self) -> str:
        """Read `dkim=` or `dkim/1=`, up to the result."""
        method = self._take(_KEYWORD).lower()
        if not method:
            raise _Invalid
        self._skip()
        if self._accept("/"):
            self._skip()
            if not self._take(_VERSION):
                raise _Invalid
            self._skip()
        self._expect("=")
        self._skip()
        return method

    def _name(self) -> str:
        """Read `ptype.property`, or one word: `reason`, or an extension such as `action=none`."""
        name = self._take(_KEYWORD)
        if not name:
            raise _Invalid
        self._skip()
        if self._accept("."):
            self._skip()
            # Some servers write `policy.dmarc_x`.
            part = self._take(_TOKEN)
            if not part:
                raise _Invalid
            name = f"{name}.{part}"
        return name.lower()

    def _value(self) -> str:
        """Read a pvalue: `[[local-part] "@"] domain-name`, token or quoted string; may be empty."""
        if self._peek() == '"':
            return self._quoted() + self._take(_DOMAIN)
        return self._take(_BARE_VALUE)

    def _quoted(self) -> str:
        match = _QUOTED.match(self._text, self._at)
        if match is None:
            raise _Invalid
        self._at = match.end()
        return re.sub(r"\\(.)", r"\1", match[1], flags=re.S)

    def _skip(self) -> None:
        """Skip white space and comments, which may be nested."""
        depth = 0
        text = self._text
        while self._at < len(text):
            character = text[self._at]
            if character == "(":
                depth += 1
                if depth > _DEEPEST_COMMENT:
                    raise _Invalid
            elif character == ")" and depth:
                depth -= 1
            elif character == "\\" and depth:
                self._at += 1
            elif not depth and character not in _BLANK:
                return
            self._at += 1
        if depth:
            raise _Invalid

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _accept(self, character: str) -> bool:
        if self._peek() != character:
            return False
        self._at += 1
        return True

    def _expect(self, character: str) -> None:
        if not self._accept(character):
            raise _Invalid

    def _is_at_end(self) -> bool:
        return self._at >= len(self._text)
