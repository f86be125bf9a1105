"""Decodes encoded words in headers (RFC 2047), as leniently as mail programs do."""

import base64
import binascii
import quopri
import re

from intake.content import charset

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^\r\n]{0,1000}?)\?=")
_WORD = r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?\r\n]{0,1000}\?="
RUN = re.compile(rf"{_WORD}(?:\s+{_WORD})*")
"""Encoded words separated by white space only."""

_BETWEEN_ENCODED_WORDS = re.compile(r"\?=\s+=\?")


def decode(value: str) -> str:
    """`value` with its encoded words (RFC 2047) decoded, as one storable line.

    Adjacent words of the same charset are joined before decoding, because many programs split a
    word in the middle of a character. Words inside quotation marks are decoded too, as mail
    programs do.
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
