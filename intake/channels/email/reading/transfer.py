"""Decodes Content-Transfer-Encodings (RFC 2045, 6), as leniently as mail programs do."""

import base64
import binascii
import io
import re
from dataclasses import dataclass, field
from itertools import islice
from quopri import decodestring

from mailparser.utils import decode_base64_payload

_UU = frozenset(("x-uuencode", "uuencode", "uue", "x-uue"))
_MOST_UU_LINES = 1_000_000
"""Maximum lines, of 45 bytes each: more than the largest file that is kept."""

_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n", re.M)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decoded:
    """Bytes decoded from their transfer encoding."""

    data: bytes = field(repr=False)
    is_whole: bool = True
    """False if the data was damaged or its end is missing."""


def decode(data: bytes, encoding: str) -> Decoded:
    """Decode `data`. Data in an unknown encoding is unchanged; damaged data is decoded in part."""
    if encoding == "quoted-printable":
        return Decoded(data=decodestring(data))
    if encoding == "base64":
        try:
            return Decoded(data=base64.b64decode(data))
        except binascii.Error:
            rest = bytes(decode_base64_payload(data.decode("ascii", "ignore")))
            return Decoded(data=rest, is_whole=False)
    if encoding in _UU:
        return _from_uu(data)
    return Decoded(data=data)


def _from_uu(data: bytes) -> Decoded:
    begin = _UU_BEGIN.search(data)
    decoded = bytearray()
    lines = io.BytesIO(data)
    lines.seek(begin.end() if begin else 0)
    for line in islice(lines, _MOST_UU_LINES):
        line = line.rstrip(b"\r\n")
        if line.strip() == b"end":
            break
        try:
            decoded += binascii.a2b_uu(line)
        except binascii.Error:  # broken encoders write too long lines; the first byte tells length
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                decoded += binascii.a2b_uu(line[:length])
            except binascii.Error:
                continue
    else:
        return Decoded(data=bytes(decoded), is_whole=not lines.read(1))
    return Decoded(data=bytes(decoded))
