"""A look at a message's headers that never fails, for the time before any real parsing."""

import base64
import binascii
import hashlib
import quopri
import re
from collections.abc import Iterator

from intake.mail import charset

SCANNED = 65_536
"""Bytes from the beginning in which `thread_key` looks."""

_HEADER_END = re.compile(rb"\n\r?\n|\r\r|\A\r?\n")
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:((?:[^\r\n]*(?:\r\n|\n|\r)[ \t]+)*[^\r\n]*)", re.M)
_IDENTIFIER = re.compile(r"<[^<>\s]{1,990}>")
_ADDRESS = re.compile(r"[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,255}")
_SAME_IN_EVERY_COPY = ("from", "date", "subject", "message-id")
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^\r\n]{0,1000}?)\?=")
_KEYWORD_END = re.compile(r"[;\s(]")
_BETWEEN_ENCODED_WORDS = re.compile(r"\?=\s+=\?")


def header_end(raw: bytes) -> int:
    """Where the header block ends and the empty line begins; the length where there is none."""
    match = _HEADER_END.search(raw)
    return match.start() if match else len(raw)


def scan(raw: bytes) -> Iterator[tuple[str, str]]:
    """The fields of the header block at the beginning of `raw`: name in lower case, unfolded value.

    Lines that are no field are passed over. Encoded words stay as they are.
    """
    for match in _FIELD.finditer(raw[: header_end(raw)]):
        value = charset.decode(match[2], "utf-8")
        yield match[1].decode("ascii").lower(), charset.one_line(value)


def identifiers(value: str) -> tuple[str, ...]:
    """The Message-IDs of a References, In-Reply-To or Message-ID value, with angle brackets.

    An identifier without brackets (some gateways write so) is taken where there is no other.
    """
    found = tuple(dict.fromkeys(_IDENTIFIER.findall(value)))
    if found:
        return found
    words = [word for word in value.split()[:50] if "@" in word and len(word) < 990]
    return tuple(dict.fromkeys(f"<{word.strip('<>;,')}>" for word in words))


def thread_key(raw: bytes) -> str:
    """The root of the conversation that a mail belongs to, empty where nothing tells.

    The first of References, else In-Reply-To, else the mail's own Message-ID (RFC 5322, 3.6.4).
    """
    fields: dict[str, str] = {}
    for name, value in scan(trimmed(raw[:SCANNED])):
        fields.setdefault(name, value)
    for name in ("references", "in-reply-to", "message-id"):
        found = identifiers(fields.get(name, ""))
        if found:
            return found[0]
    return ""


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
    body = memoryview(raw)[end:].tobytes()
    digest.update(body.replace(b"\r\n", b"\n").strip(b"\r\n"))
    return digest.hexdigest()


def mail_address(value: str) -> str:
    """The first mail address in `value`, in lower case; the empty string where there is none."""
    match = _ADDRESS.search(value[:SCANNED])
    return match[0].lower() if match else ""


def keyword(value: str) -> str:
    """The first word of a value, without parameters and comments, in lower case."""
    return _KEYWORD_END.split(value.strip(), maxsplit=1)[0].lower()


def decode_words(value: str) -> str:
    """`value` with its encoded words (RFC 2047) decoded, one line, storable.

    Neighbouring words of one charset are joined before decoding: many programs split a word in
    the middle of a character. Words inside quotation marks are decoded too, as mail programs do.
    """
    if "=?" not in value:
        return charset.one_line(value)
    value = _BETWEEN_ENCODED_WORDS.sub("?==?", value)
    pieces: list[str] = []
    pending = b""
    pending_charset = ""
    position = 0
    for match in _ENCODED_WORD.finditer(value):
        label = match[1].partition("*")[0].lower()
        if pending and (match.start() > position or label != pending_charset):
            pieces.append(charset.decode(pending, pending_charset))
            pending = b""
        pieces.append(value[position : match.start()])
        pending += _word(match[2], match[3])
        pending_charset = label
        position = match.end()
    pieces.append(charset.decode(pending, pending_charset))
    pieces.append(value[position:])
    return charset.one_line("".join(pieces))


def _word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    if encoding in "qQ":
        return quopri.decodestring(data.replace(b"_", b" "), header=False)
    data = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    data = data[: len(data) - 1] if len(data) % 4 == 1 else data
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4))
    except binascii.Error:
        return data


def trimmed(raw: bytes) -> bytes:
    """Without a byte order mark and empty lines in front, which some exports put there."""
    return raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
