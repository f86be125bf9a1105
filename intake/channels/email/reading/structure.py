"""Reduces a mail to a small skeleton and enforces limits on its structure before it is parsed.

One pass over the bytes finds delimiter lines in the same way as the standard library's parser. It
takes long bodies out and stops at too many parts or levels. The rest, the skeleton, is small for
any mail, so it is safe for a parser that recurses on levels and works line by line.
"""

import re
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from intake.channels.email.reading.part import Part
from intake.content import headers

_LONG_BODY = 2_048
"""Bodies longer than this, in bytes, are taken out."""

_MOST_LINES = 40
"""Bodies with more lines are taken out: the parser compares each with all levels' delimiters."""

_LARGEST_SKELETON = 1_000_000
_LONGEST_DELIMITER = 1_000
_MOST_DELIMITERS = 100_000
"""Maximum lines that begin like a delimiter. Most of them turn out not to be one."""
_LONGEST_FIELD = 16_384
_LONGEST_HEADER_BLOCK = 262_144
_LONGEST_HEADERS_OF_PARTS = 524_288
"""Maximum bytes of part headers, over all parts of a mail."""

_LINES_OF_PARTS = 40_000
_LEAST_LINES = 100
"""Header lines that are read over all parts of a mail, and at least of each part."""

_MOST_PARAMETERS = 100
_LONGEST_PARAMETERS = 8_192
"""Maximum number and bytes of a field's parameters, because parsing them takes quadratic time."""

_PARAMETERS = (b"content-type", b"content-disposition")
_COPIES = 3
"""How many copies of a repeated essential field are kept beyond the limit."""

_ESSENTIAL = frozenset(
    b"from sender reply-to to cc subject date message-id in-reply-to references return-path "
    b"mime-version content-type content-transfer-encoding content-disposition auto-submitted "
    b"precedence list-id list-unsubscribe x-auto-response-suppress x-loop x-central-intake".split()
)
_LINE = re.compile(rb"[^\n]*\n|[^\n]+\Z")
_CONTENT_TYPE = re.compile(rb"^content-type[ \t]*:((?:[^\n]*\n[ \t])*[^\n]*)", re.I | re.M)
_EMPTY_LINE = re.compile(rb"\r?\n")
_MARK = f"taken-out-{secrets.token_hex(8)}-"
"""Placeholder for a body. Random, so that no mail can refer to another part's body."""

_ANY_MARK = re.compile(f"{_MARK}[0-9]+".encode())


@dataclass(frozen=True, kw_only=True, slots=True)
class Skeleton:
    """A small mail of the same structure, and the bodies taken out of it."""

    data: bytes
    bodies: tuple[memoryview, ...] = ()
    too_many_parts: bool = False
    too_deep: bool = False
    headers_cut: bool = False
    cut: bool = False
    """The skeleton was still too large, so its end was cut off."""

    @property
    def is_cut(self) -> bool:
        """Whether anything is missing."""
        return self.too_many_parts or self.too_deep or self.headers_cut or self.cut

    def body(self, payload: str) -> bytes | memoryview:
        """The body of a leaf, given its payload in the skeleton."""
        if payload.startswith(_MARK):
            return self.bodies[int(payload[len(_MARK) :])]
        return payload.encode("ascii", "surrogateescape")

    def without_bodies(self) -> bytes:
        """The small mail with nothing where a body was taken out."""
        return _ANY_MARK.sub(b"", self.data)


def skeleton(raw: bytes, *, max_parts: int, max_depth: int) -> Skeleton:
    """The skeleton of `raw`: at most `max_parts` parts and `max_depth` levels. In linear time."""
    scan = _Scan(raw=raw, max_parts=max_parts, max_depth=max_depth)
    scan.run()
    data = b"".join(scan.pieces)
    # The parser also ends lines at a lone CR. The last byte may be the first half of a CRLF.
    if b"\r" in data[:-1].replace(b"\r\n", b""):
        again = _Scan(
            raw=data.replace(b"\r\n", b"\n").replace(b"\r", b"\n"),
            max_parts=max_parts,
            max_depth=max_depth,
            bodies=scan.bodies,
        )
        again.run()
        again.take_over(scan)
        scan, data = again, b"".join(again.pieces)
    return Skeleton(
        data=data[:_LARGEST_SKELETON],
        bodies=tuple(scan.bodies),
        too_many_parts=scan.too_many_parts,
        too_deep=scan.too_deep,
        headers_cut=scan.headers_cut,
        cut=len(data) > _LARGEST_SKELETON,
    )


@dataclass(kw_only=True, slots=True)
class _Scan:
    raw: bytes
    max_parts: int
    max_depth: int
    pieces: list[bytes] = field(default_factory=list)
    bodies: list[memoryview] = field(default_factory=list)
    too_many_parts: bool = False
    too_deep: bool = False
    headers_cut: bool = False
    _open: list[bytes] = field(default_factory=list)
    """Delimiters (`--boundary`) of the multiparts that are open, outermost first."""
    _ahead: list[int] = field(default_factory=list)
    """For each of `_open`, the offset of its next delimiter line; -1 if there is none."""
    _lines_of_parts: int = _LINES_OF_PARTS
    """How many more header lines of parts may be read."""
    _headers_of_parts: int = 0
    """Bytes of part headers kept so far."""
    _copied: int = 0
    """Everything before this offset is either in `pieces` or left out."""

    def take_over(self, earlier: "_Scan") -> None:
        self.too_many_parts |= earlier.too_many_parts
        self.too_deep |= earlier.too_deep
        self.headers_cut |= earlier.headers_cut

    def run(self) -> None:
        raw = self.raw
        body = self._begin_part(0, root=True)
        if not self._open:
            self._end_body(body, len(raw))
            self._copy(len(raw))
            return
        in_epilogue = False
        at = max(0, body - 1)
        parts = lines = 0
        while self._open and (at := self._next_candidate(at)) >= 0:
            start = at + 1
            end = raw.find(b"\n", start)
            end = len(raw) if end < 0 else end
            lines += 1
            if lines > _MOST_DELIMITERS:
                self.too_many_parts = True
                return
            level, closes = self._level(start, end)
            if level < 0:
                at = end
                continue
            self._end_body(body, at, leave_out=in_epilogue)
            self._close(level if closes else level + 1)
            self._copy(end)
            at = body = end
            in_epilogue = closes
            if closes:
                continue
            parts += 1
            if parts > self.max_parts:
                self.too_many_parts = True
                return
            body = self._begin_part(min(end + 1, len(raw)))
            if self.too_deep:
                return
            at = max(at, body - 1)
        if self._open:
            self._end_body(body, len(raw), leave_out=in_epilogue)
            self._copy(len(raw))

    def _next_candidate(self, at: int) -> int:
        """Offset of the line end before the next possible delimiter line from `at` on; -1 if none.

        Each delimiter is searched for separately, and no stretch is searched twice.
        """
        nearest = -1
        for level, delimiter in enumerate(self._open):
            known = self._ahead[level]
            if 0 <= known < at:
                known = self._ahead[level] = self.raw.find(b"\n" + delimiter, at)
            if known >= 0 and (nearest < 0 or known < nearest):
                nearest = known
        return nearest

    def _close(self, level: int) -> None:
        del self._open[level:]
        del self._ahead[level:]

    def _level(self, start: int, end: int) -> tuple[int, bool]:
        """Which open multipart the line from `start` to `end` delimits, and whether it closes it.

        -1 if none. The innermost one takes precedence, as in the parser.
        """
        if end - start > _LONGEST_DELIMITER:
            return -1, False
        line = self.raw[start:end].rstrip(b" \t\r")
        for level in range(len(self._open) - 1, -1, -1):
            delimiter = self._open[level]
            if line == delimiter:
                return level, False
            if len(line) == len(delimiter) + 2 and line == delimiter + b"--":
                return level, True
        return -1, False

    def _begin_part(self, start: int, *, root: bool = False) -> int:
        """Read the header block at `start`; returns where the body begins."""
        lines = headers.MOST_LINES if root else max(_LEAST_LINES, self._lines_of_parts)
        block = headers.block(self.raw, start, most_lines=lines)
        self._lines_of_parts -= 0 if root else block.lines
        found = block.data
        bounded = found if self._is_bearable(found, root=root) else self._bounded(found, root=root)
        if block.is_cut or bounded is not found:
            self.headers_cut |= block.is_cut or bounded != found
            self._copy(start)
            self.pieces.append(bounded)
            self._copied = block.end
        boundary = _boundary(bounded)
        if boundary is not None:
            if len(self._open) >= self.max_depth:
                self.too_deep = True
                return block.end
            self._open.append(b"--" + boundary)
            self._ahead.append(0)
        empty = _EMPTY_LINE.match(self.raw, block.end)
        return empty.end() if empty else block.end

    def _end_body(self, start: int, end: int, *, leave_out: bool = False) -> None:
        """Take out the body between two offsets if it is long; drop it if `leave_out`."""
        if end > start and self.raw[end - 1 : end] == b"\r":
            end -= 1
        if end - start <= _LONG_BODY and self.raw.count(b"\n", start, end) <= _MOST_LINES:
            return
        self._copy(start)
        if not leave_out:
            self.pieces.append(f"{_MARK}{len(self.bodies)}".encode())
            self.bodies.append(memoryview(self.raw)[start:end])
        self._copied = end

    def _copy(self, end: int) -> None:
        if end > self._copied:
            self.pieces.append(self.raw[self._copied : end])
            self._copied = end

    def _is_bearable(self, block: bytes, *, root: bool) -> bool:
        """Whether a header block is surely within all limits. Most are."""
        if len(block) > _LONGEST_PARAMETERS or block.count(b";") > _MOST_PARAMETERS:
            return False
        self._headers_of_parts += 0 if root else len(block)
        return self._headers_of_parts <= _LONGEST_HEADERS_OF_PARTS

    def _bounded(self, block: bytes, *, root: bool) -> bytes:
        """A header block with long fields shortened and surplus ones dropped.

        Fields that routing needs are kept wherever they stand.
        """
        room = _LONGEST_HEADER_BLOCK if root else _LONGEST_HEADERS_OF_PARTS - self._headers_of_parts
        total = 0
        essential: Counter[bytes] = Counter()
        kept: list[bytes] = []
        for whole in fields(block):
            name = whole.partition(b":")[0].rstrip(b" \t").lower()
            piece = _shortened(name, whole)
            essential[name] += name in _ESSENTIAL
            if total + len(piece) > room and not (root and 0 < essential[name] <= _COPIES):
                continue
            total += len(piece)
            kept.append(piece)
        self._headers_of_parts += 0 if root else total
        return b"".join(kept)


def fields(block: bytes) -> Iterator[bytes]:
    """The raw fields of a header block, each with its folded lines."""
    begun: list[bytes] = []
    for line in _LINE.findall(block):
        if begun and line[:1] not in (b" ", b"\t"):
            yield b"".join(begun)
            begun.clear()
        begun.append(line)
    if begun:
        yield b"".join(begun)


def _shortened(name: bytes, whole: bytes) -> bytes:
    longest = _LONGEST_FIELD
    if name in _PARAMETERS:
        longest = _LONGEST_PARAMETERS
        if whole.count(b";") > _MOST_PARAMETERS:
            whole = b";".join(whole.split(b";", _MOST_PARAMETERS)[:-1]) + b"\n"
    if len(whole) > longest:
        return whole[:longest].rstrip(b"\r\n \t") + b"\n"
    return whole


def _boundary(block: bytes) -> bytes | None:
    """The boundary of the multipart declared in a header block; None if missing or invalid."""
    match = _CONTENT_TYPE.search(block)
    if match is None or b"multipart/" not in match[1].lower():
        return None
    part = Part()
    part["content-type"] = match[1].decode("ascii", "surrogateescape").strip().replace("\r", "")
    if part.get_content_maintype() != "multipart":
        return None
    boundary = part.get_boundary()
    return boundary.encode("ascii") if boundary and boundary.isascii() else None
