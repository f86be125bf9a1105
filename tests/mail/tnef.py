"""Writing winmail.dat ([MS-OXTNEF]): just what the tests need of it."""

import struct

SIGNATURE = struct.pack("<IH", 0x223E9F78, 1)
_MESSAGE, _ATTACHMENT = 1, 2
_BODY = 0x0002_800C
_RENDERING = 0x0006_9002
_TITLE = 0x0001_8010
_DATA = 0x0006_800F
_PROPERTIES = 0x0006_9003
_CODE_PAGE = 0x0006_9007
_HTML = 0x1013_0102


def _object(level: int, name: int, data: bytes) -> bytes:
    checksum = sum(data) & 0xFFFF
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", checksum)


def winmail(*files: tuple[str, bytes], body: str = "", html: str = "") -> bytes:
    """As Outlook writes it, in Windows-1252."""
    pieces = [SIGNATURE, _object(_MESSAGE, _CODE_PAGE, struct.pack("<II", 1252, 0))]
    if body:
        pieces.append(_object(_MESSAGE, _BODY, body.encode("cp1252") + b"\x00"))
    if html:
        value = html.encode("cp1252")
        padded = value + bytes(-len(value) % 4)
        value = struct.pack("<IHHII", 1, _HTML & 0xFFFF, _HTML >> 16, 1, len(value)) + padded
        pieces.append(_object(_MESSAGE, _PROPERTIES, value))
    for name, data in files:
        pieces.append(_object(_ATTACHMENT, _RENDERING, bytes(14)))
        pieces.append(_object(_ATTACHMENT, _TITLE, name.encode("cp1252") + b"\x00"))
        pieces.append(_object(_ATTACHMENT, _DATA, data))
    return b"".join(pieces)
