"""Repairs header blocks that a parser would misread."""

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
    """`raw` with stray lines inside the header block turned into continuation lines.

    Some programs fold a long Subject without indenting it, or insert a line of their own. The
    parser would treat everything after it, the sender included, as the mail's text. A line is
    inside the header block if one of the usual fields follows before the first empty line.
    White space before the colon of common fields is removed too.
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
