"""Detects a file's MIME type from its bytes, because the sender's declaration may be wrong."""

import re

import puremagic

_SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
"""Signatures of the commonest types: nine of ten attachments need no search by the library."""

_ZIP = b"PK\x03\x04"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_IN_ZIP = (
    (b"word/", f"{_OFFICE}wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}presentationml.presentation"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
"""Beginnings of names inside a ZIP archive that show its real type."""

_OPEN_DOCUMENT = re.compile(rb"mimetype(application/vnd\.oasis\.opendocument\.[a-z-]{1,40})")
_DIRECTORY_WITHIN = 65_536
_DIRECTORY_ENTRY = re.compile(rb"PK\x01\x02(?=.{42}([^\x00]{1,60}))", re.S)
_CONTAINERS = ("application/vnd.openxmlformats-", "application/vnd.oasis.", "application/vnd.ms-")
_SURE = 0.4
"""Minimum confidence: four bytes match, or fewer and the extension. Below it text files match."""


def content_type(content: bytes, *, name: str, declared: str) -> str:
    """The MIME type of `content`; `declared` if the bytes allow it or do not tell."""
    head = content[:8]
    for known, signatures in _SIGNATURES.items():
        if head.startswith(signatures):
            return known
    if head.startswith(_ZIP):
        return declared if declared.startswith(_CONTAINERS) else _zip_type(content)
    candidates = _candidates(content, name)
    if not candidates or declared in candidates:
        return declared
    return candidates[0]


def _zip_type(content: bytes) -> str:
    """The type of a ZIP archive, from the names in its central directory. Unpacks nothing."""
    document = _OPEN_DOCUMENT.match(content, 30)
    if document:
        return document[1].decode("ascii")
    names = _DIRECTORY_ENTRY.findall(content, max(0, len(content) - _DIRECTORY_WITHIN))
    for beginning, kind in _IN_ZIP:
        if any(name.startswith(beginning) for name in names):
            return kind
    return "application/zip"


def _candidates(content: bytes, name: str) -> list[str]:
    if not content:
        return []
    try:
        matches = puremagic.magic_string(content, filename=name)
    except (ValueError, LookupError):
        return []
    return [
        match.mime_type
        for match in matches
        if match.mime_type and match.byte_match and match.confidence >= _SURE
    ]
