"""Reads the text and files in a winmail.dat, Outlook's own format (TNEF, [MS-OXTNEF]).

tnefparse parses it. It trusts the counts in the data and would loop for hours on wrong ones, so
they are checked against the data's length first.
"""

import logging
import struct
from dataclasses import dataclass

from tnefparse import TNEF
from tnefparse.mapi import IMESSAGE_SIG
from tnefparse.tnef import TNEFAttachment

from intake.content import charset

_SIGNATURE = 0x223E9F78
_HEADER = 6
_OBJECT_HEADER = struct.Struct("<BHHI")
_MOST_OBJECTS = 500
_MOST_PROPERTIES = 2_000
_PROPERTIES = frozenset((0x9003, 0x9005))
"""attMsgProps and attAttachment: lists of MAPI properties."""
_RECIPIENTS = 0x9004
_FIXED_SIZES = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 2, 20: 8, 64: 8, 72: 16}
_MANY_VALUES = 0x1000
_NAMED = 0x8000
_READ_ERRORS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    NameError,
    OverflowError,
    RecursionError,
    struct.error,
)
"""Exceptions that tnefparse raises on broken data."""

logging.getLogger("tnefparse").setLevel(logging.CRITICAL)  # it logs contents of the data


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """The contents: files as (name, bytes), and text. `html` is not made safe."""

    files: tuple[tuple[str, bytes], ...] = ()
    text: str = ""
    html: str = ""


def open_up(data: bytes) -> Contents | None:
    """The contents of a winmail.dat; None if it cannot be read."""
    try:
        sound = _without_recipients(data)
        if sound is None:
            return None
        opened = TNEF(sound, do_checksum=False)
        files = tuple(
            (_name(file, str(opened.codepage or "")), bytes(file.data))
            for file in opened.attachments
            if file.data
        )
        return Contents(files=files, text=_words(opened.body), html=_words(opened.htmlbody))
    except _READ_ERRORS:
        return None


def _name(file: TNEFAttachment, codepage: str) -> str:
    """A file's name. The library decodes short names as UTF-8; Outlook uses the code page."""
    try:
        return _words(file.long_filename())
    except UnicodeDecodeError:
        return charset.storable(charset.decode(bytes(file._name), codepage)).strip("\x00")


def _words(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        value = charset.decode(value)
    return charset.storable(value) if isinstance(value, str) else ""


def _without_recipients(data: bytes) -> bytes | None:
    """`data` without its table of recipients, which the mail's headers repeat.

    None if its counts do not fit its length.
    """
    if len(data) < _HEADER or struct.unpack_from("<I", data)[0] != _SIGNATURE:
        return None
    if IMESSAGE_SIG in data:  # a nested Outlook item, whose counts are not checked
        return None
    pieces = [data[:_HEADER]]
    position = _HEADER
    while position + _OBJECT_HEADER.size + 2 < len(data):
        if len(pieces) > _MOST_OBJECTS:
            return None
        _, name, _, length = _OBJECT_HEADER.unpack_from(data, position)
        start = position + _OBJECT_HEADER.size
        end = start + length
        if name in _PROPERTIES and not _fits(data[start:end]):
            return None
        if name != _RECIPIENTS:
            pieces.append(data[position : end + 2])
        position = end + 2
    return b"".join(pieces)


def _fits(data: bytes) -> bool:
    """True if a property list ([MS-OXTNEF] 2.1.3.4) claims no more than its bytes can hold."""
    (count,) = struct.unpack_from("<I", data)
    if count > _MOST_PROPERTIES:
        return False
    position = 4
    for _ in range(count):
        if position >= len(data):
            return True  # past the end the parser only skips
        kind, name = struct.unpack_from("<HH", data, position)
        position += 4
        if name >= _NAMED:
            position = _after_name(data, position)
        number = 0
        if kind & _MANY_VALUES:
            kind ^= _MANY_VALUES
            number = _number(data, position)
            position += 4
        values = number or 1
        size = _FIXED_SIZES.get(kind)
        if size is not None:
            if values * size > len(data) - position:
                return False
            position += values * size + (2 if kind in (2, 11) and values % 2 else 0)
        else:
            position = _after_texts(data, position, values, counted=not number)
    return True


def _number(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "little")


def _after_name(data: bytes, position: int) -> int:
    kind = _number(data, position + 16)
    position += 20
    if kind == 0:
        return position + 4
    length = _number(data, position)
    return position + 4 + length + -length % 4


def _after_texts(data: bytes, position: int, values: int, *, counted: bool) -> int:
    if counted:
        values = _number(data, position)
        position += 4
    for _ in range(values):
        if position >= len(data):
            break
        length = _number(data, position)
        position += 4 + length + -length % 4
    return position
