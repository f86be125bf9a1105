"""Header blocks that a parser would misread, put right before it sees them."""

import re
from itertools import pairwise

from intake.content import headers

_SPACE_BEFORE_COLON = re.compile(
    rb"^(from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+)[ \t]+:", re.I | re.M
)
_ODD_LINE = re.compile(rb"^(?![!-9;-~]*:|[ \t]|From )[^\r\n]", re.M)
_USUAL_FIELD = re.compile(
    rb"^(?:from|to|subject|date|message-id|mime-version|content-type|received)[ \t]*:", re.I | re.M
)


def mended(raw: bytes) -> bytes:
    """`raw` with lines that are no header, in the midst of the header block, made continuations.

    Some programs fold a long Subject without indenting it, or write a line of their own there. The
    parser would take all that follows, sender and all, for the mail's text. Lines count as in the
    midst where one of the usual fields follows before the first empty line.
    """
    raw = headers.trimmed(raw)
    end = headers.header_end(raw[: headers.SCANNED])
    if _SPACE_BEFORE_COLON.search(raw, 0, end):
        raw = _SPACE_BEFORE_COLON.sub(rb"\1:", raw[:end]) + raw[end:]
        end = headers.header_end(raw[: headers.SCANNED])
    odd = [m.start() for m in _ODD_LINE.finditer(raw, 0, end)]
    if not odd or not _USUAL_FIELD.search(raw, odd[-1], end):
        return raw
    pieces = [raw[start:stop] for start, stop in pairwise((0, *odd, end))]
    return b" ".join(pieces).lstrip(b" ") + raw[end:]
