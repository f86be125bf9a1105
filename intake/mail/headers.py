"""A look at a message's headers that never fails, for the time before any real parsing."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from intake.mail import charset

SCANNED = 65_536
"""Bytes from the beginning in which `standpoint` looks."""

_HEADER_END = re.compile(rb"\n\r?\n|\r\r|\A\r?\n")
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:((?:[^\r\n]*(?:\r\n|\n|\r)[ \t]+)*[^\r\n]*)", re.M)
LONGEST_IDENTIFIER = 998
"""Octets: no line of a header may have more (RFC 5322, 2.1.1), and an index must hold it."""

_IDENTIFIER = re.compile(r"<[^<>\s]{1,990}>")
_BARE_IDENTIFIER = re.compile(r"[^<>\s]{1,490}@[^<>\s]{1,490}")
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,255}")
_LINE_ENDS = frozenset(b"\r\n")
_PIECE = 1_048_576
_SAME_IN_EVERY_COPY = ("from", "date", "subject", "message-id")
_KEYWORD_END = re.compile(r"[;\s(]")


def header_end(raw: bytes) -> int:
    """Where the header block ends and the empty line begins; the length where there is none."""
    match = _HEADER_END.search(raw)
    return match.start() if match else len(raw)


def scan(raw: bytes) -> Iterator[tuple[str, str]]:
    """The fields of the header block at the beginning of `raw`: name in lower case, unfolded value.

    Lines that are no field are passed over. Encoded words stay as they are.
    """
    block = raw[: header_end(raw)]
    if b"\n" not in block:
        block = block.replace(b"\r", b"\n")
    for match in _FIELD.finditer(block):
        value = charset.decode(match[2], "utf-8")
        yield match[1].decode("ascii").lower(), charset.one_line(value)


def identifiers(value: str) -> tuple[str, ...]:
    """The Message-IDs of a References, In-Reply-To or Message-ID value, with angle brackets.

    An identifier without brackets (some gateways write so) is taken where there is no other.
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
class Standpoint:
    """Where a mail says that it stands in its conversation (RFC 5322, 3.6.4)."""

    own: str
    """Its own Message-ID; empty where it has none."""
    root: str
    """The first of References, else In-Reply-To, else its own; empty where nothing tells."""
    parent: str
    """Set where In-Reply-To alone tells: then the root may be further up than `root`."""


def standpoint(raw: bytes) -> Standpoint:
    """Read from the beginning of a mail. Never fails."""
    fields: dict[str, str] = {}
    for name, value in scan(trimmed(raw[:SCANNED])):
        fields.setdefault(name, value)
    own, references, answered = (
        next(iter(identifiers(fields.get(name, ""))), "")
        for name in ("message-id", "references", "in-reply-to")
    )
    return Standpoint(
        own=own, root=references or answered or own, parent="" if references else answered
    )


def message_digest(raw: bytes) -> str:
    """SHA-256 in hexadecimal, equal for copies of one mail that went to several mailboxes.

    Covers From, Date, Subject, Message-ID and the body; leaves out what each delivery adds
    (Received, Delivered-To, Return-Path, X-…) and how lines end.
    """
    raw = trimmed(raw)
    end = header_end(raw)
    fields: dict[str, str] = {}
    for name, value in scan(raw[:end]):
        fields.setdefault(name, value)
    digest = hashlib.sha256()
    for name in _SAME_IN_EVERY_COPY:
        digest.update(f"{name}:{fields.get(name, '')}\n".encode())
    for piece in _body_pieces(raw, end):
        digest.update(piece)
    return digest.hexdigest()


def _body_pieces(raw: bytes, start: int) -> Iterator[bytes]:
    """The bytes from `start` without line ends at the edges, each CRLF as LF, a piece at a time."""
    end = len(raw)
    while end > start and raw[end - 1] in _LINE_ENDS:
        end -= 1
    while start < end and raw[start] in _LINE_ENDS:
        start += 1
    while start < end:
        stop = min(start + _PIECE, end)
        if stop < end and raw[stop - 1 : stop] == b"\r":
            stop += 1
        yield raw[start:stop].replace(b"\r\n", b"\n")
        start = stop


def mail_address(value: str) -> str:
    """The first mail address in `value`, in lower case; the empty string where there is none."""
    match = _ADDRESS.search(value[:SCANNED])
    return match[0].lower() if match else ""


def keyword(value: str) -> str:
    """The first word of a value, without parameters and comments, in lower case."""
    return _KEYWORD_END.split(value.strip(), maxsplit=1)[0].lower()


def trimmed(raw: bytes) -> bytes:
    """Without a byte order mark and empty lines in front, which some exports put there."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
