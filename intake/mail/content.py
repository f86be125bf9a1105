"""What a file is, by its own bytes rather than by what its sender says."""

import puremagic

GENERIC = frozenset(("application/octet-stream", "application/x-download", "binary/octet-stream"))

_SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "application/zip": (b"PK\x03\x04",),
}
"""Nine of ten attachments: found without going through the library's whole table."""

_CONTAINERS = ("application/vnd.openxmlformats-", "application/vnd.oasis.", "application/vnd.ms-")
_SURE = 0.4
"""Four bytes agree, or fewer and the file's extension too; below that, text files match."""


def content_type(content: bytes, *, name: str, declared: str) -> str:
    """The MIME type of `content`; `declared` where the bytes do not tell, or do not contradict."""
    head = content[:8]
    for known, signatures in _SIGNATURES.items():
        if head.startswith(signatures):
            if known != "application/zip":
                return known
            if declared.startswith(_CONTAINERS):
                return declared
    candidates = _candidates(content, name)
    if not candidates or declared in candidates:
        return declared
    return candidates[0]


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
