"""Reads a mail's headers without failing, before any real parsing."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from intake.content import charset

SCANNED = 65_536
"""Bytes at the beginning of a mail that `thread_position` reads."""

MOST_BYTES = 1_000_000
"""Bytes of a header block that are read. The largest in genuine mail have some 60 kB."""

MOST_LINES = 40_000
"""Lines of a header block that are read. Genuine mail has some hundred."""

LONGEST_FIELD = 65_536
"""Bytes of one field that are read, its folded lines included."""


_FIELD_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")
_BLOCK_LINE = re.compile(rb"(?:From |[!-9;-~]*:|[ \t])[^\n]*(?:\n|\Z)")
"""A line that `email.feedparser` treats as part of the header block."""

_STRAY_END = re.compile(rb"[\r\n](?![ \t\n])|\r\n(?![ \t])")
"""A line end that no folded line follows. It ends a value."""
LONGEST_IDENTIFIER = 998
"""Maximum length in octets: a header line has no more (RFC 5322, 2.1.1), and an index takes it."""

_IDENTIFIER = re.compile(r"<[^<>\s]{1,990}>")
_BARE_IDENTIFIER = re.compile(r"[^<>\s]{1,490}@[^<>\s]{1,490}")
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,255}")
_LINE_ENDS = b"\r\n"
_LEADING_LINE_ENDS = re.compile(rb"[\r\n]*+")
_PIECE = 1_048_576
_SAME_IN_EVERY_COPY = ("from", "date", "subject", "message-id")
_KEYWORD_END = re.compile(r"[;\s(]")


def header_end(raw: bytes, start: int = 0) -> int:
    """Offset where the header block that begins at `start` ends and the empty line begins.

    The length of `raw` if there is no empty line.
    """
    if raw.startswith((b"\n", b"\r\n"), start):
        return start
    end = len(raw)
    for empty_line in (b"\n\r\n", b"\n\n", b"\r\r"):
        found = raw.find(empty_line, start, min(len(raw), end + len(empty_line) - 1))
        end = end if found < 0 else found
    return end


@dataclass(frozen=True, slots=True)
class Block:
    """A header block as `email.feedparser` sees it, read line by line."""

    end: int
    """Offset of the first line that is not a header."""
    data: bytes
    """The part that was read: at most LONGEST_FIELD of each field, MOST_BYTES in all, and the
    permitted number of lines."""
    lines: int
    is_cut: bool = False
    """Whether `data` is less than the whole block."""


def block(raw: bytes, start: int, *, most_lines: int = MOST_LINES) -> Block:
    """Read the header block at `start`.

    A block that is too long ends at its first empty line. Memory use is small for any input.
    """
    match_line = _BLOCK_LINE.match
    position, kept_from = start, start
    kept: list[bytes] = []
    size = field_size = 0
    number = 0
    while True:
        match = match_line(raw, position) if position < len(raw) else None
        if match is None or size >= MOST_BYTES or number >= most_lines:
            break
        number += 1
        end = match.end()
        length = end - position
        if raw[position : position + 1] not in (b" ", b"\t"):
            field_size = 0
        room = LONGEST_FIELD - field_size
        field_size += length
        if length > room:
            kept.append(raw[kept_from : position + max(0, room)])
            kept_from = end
            length = max(0, room)
        size += length
        position = end
    if not kept and match is None:
        return Block(end=position, data=raw[start:position], lines=number)
    kept.append(raw[kept_from:position])
    if match is not None:
        empty_line = header_end(raw, position)
        position = min(len(raw), empty_line + 1)
    data = b"\n".join(piece.removesuffix(b"\n") for piece in kept if piece)
    return Block(end=position, data=data + b"\n", lines=number, is_cut=True)


def scan(raw: bytes) -> Iterator[tuple[str, str]]:
    """The fields of the header block at the beginning of `raw`: name in lower case, unfolded value.

    Lines that are not fields are skipped. Encoded words are not decoded. Anything beyond
    MOST_BYTES, MOST_LINES or LONGEST_FIELD is ignored.
    """
    head = raw[: min(header_end(raw), MOST_BYTES)]
    if b"\n" not in head:
        head = head.replace(b"\r", b"\n")
    for name, value in _fields(head):
        unfolded = charset.decode(value, "utf-8")
        yield name.decode("ascii").lower(), charset.one_line(unfolded)


def _fields(head: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Names and folded values of `head`, whose length is bounded."""
    lines = head.split(b"\n", MOST_LINES)
    name: bytes | None = None
    value: list[bytes] = []
    size = 0
    for line in lines[:MOST_LINES]:
        if line[:1] in (b" ", b"\t"):
            if name is not None and size < LONGEST_FIELD:
                value.append(line)
                size += len(line)
            continue
        if name is not None:
            yield name, _value(value)
        match = _FIELD_NAME.match(line)
        name = match[1] if match else None
        value = [line[match.end() :]] if match else []
        size = len(line)
    if name is not None:
        yield name, _value(value)


def _value(lines: Sequence[bytes]) -> bytes:
    value = (lines[0] if len(lines) == 1 else b"\n".join(lines))[:LONGEST_FIELD]
    if b"\r" not in value:
        return value
    end = _STRAY_END.search(value)
    return value[: end.start()] if end else value


def identifiers(value: str) -> tuple[str, ...]:
    """The Message-IDs of a References, In-Reply-To or Message-ID value, with angle brackets.

    If none has brackets, identifiers without them are accepted: some gateways write them so.
    """
    found = _sound(_IDENTIFIER.findall(value))
    if found:
        return found
    words = [word.strip("<>;,") for word in value.split()[:50]]
    return _sound(f"<{word}>" for word in words if _BARE_IDENTIFIER.fullmatch(word))


def _sound(found: Iterable[str]) -> tuple[str, ...]:
    distinct = dict.fromkeys(found)
    return tuple(one for one in distinct if len(one.encode()) <= LONGEST_IDENTIFIER)


@dataclass(frozen=True, slots=True)
class ThreadPosition:
    """A mail's place in its conversation, by its own headers (RFC 5322, 3.6.4)."""

    own: str
    """Its own Message-ID; empty if it has none."""
    root: str
    """The first of References, else In-Reply-To, else its own Message-ID; empty if none exists."""
    parent: str
    """In-Reply-To, if there is no References; else empty. The conversation may then have begun
    before `root`."""


def thread_position(raw: bytes) -> ThreadPosition:
    """Read the ThreadPosition from the beginning of a mail. Never raises."""
    fields: dict[str, str] = {}
    for name, value in scan(trimmed(raw[:SCANNED])):
        fields.setdefault(name, value)
    own, references, answered = (
        next(iter(identifiers(fields.get(name, ""))), "")
        for name in ("message-id", "references", "in-reply-to")
    )
    return ThreadPosition(
        own=own, root=references or answered or own, parent="" if references else answered
    )


def message_digest(raw: bytes) -> str:
    """SHA-256 in hexadecimal, equal for copies of one mail that went to several mailboxes.

    It covers From, Date, Subject, Message-ID and the body. It ignores what each delivery adds
    (Received, Delivered-To, Return-Path, X-…) and the kind of line ends.
    """
    raw = trimmed(raw)
    end = header_end(raw)
    fields: dict[str, str] = {}
    for name, value in scan(raw[: min(end, MOST_BYTES)]):
        fields.setdefault(name, value)
    digest = hashlib.sha256()
    for name in _SAME_IN_EVERY_COPY:
        digest.update(f"{name}:{fields.get(name, '')}\n".encode())
    for piece in _body_pieces(raw, end):
        digest.update(piece)
    return digest.hexdigest()


def _body_pieces(raw: bytes, start: int) -> Iterator[bytes]:
    """The bytes from `start` in pieces: each CRLF as LF, no line ends at the beginning and end."""
    end = len(raw.rstrip(_LINE_ENDS))
    match = _LEADING_LINE_ENDS.match(raw, start)
    start = match.end() if match else start
    while start < end:
        stop = min(start + _PIECE, end)
        if stop < end and raw[stop - 1 : stop] == b"\r":
            stop += 1
        yield raw[start:stop].replace(b"\r\n", b"\n")
        start = stop


def mail_address(value: str) -> str:
    """The first mail address in `value`, in lower case; the empty string if there is none."""
    match = _ADDRESS.search(value[:SCANNED])
    return match[0].lower() if match else ""


def keyword(value: str) -> str:
    """The first word of `value` in lower case, without parameters and comments."""
    return _KEYWORD_END.split(value.strip(), maxsplit=1)[0].lower()


def trimmed(raw: bytes) -> bytes:
    """`raw` without a byte order mark and empty lines in front, which some exports add."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
