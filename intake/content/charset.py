"""Decodes bytes to text without failing.

A wrong or missing charset may garble characters, but never loses the message.
"""

import codecs
import re
import unicodedata

_AKA = {
    "": "ascii",
    "ansi": "cp1252",
    "8bit": "ascii",
    "binary": "ascii",
    "default": "ascii",
    "unknown-8bit": "ascii",
    "x-unknown": "ascii",
    "us-ascii": "ascii",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "utf8": "utf-8",
    "utf-8-sig": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-8-i": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "x-mac-roman": "mac_roman",
}
"""Python codecs for charset labels seen in real mail.

ISO-8859-1 is read as Windows-1252, as browsers do (WHATWG Encoding Standard, 4.2), because real
mail labelled so contains curly quotes and the euro sign.
"""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks. They take precedence over any label (WHATWG Encoding Standard, 6)."""

_META = re.compile(rb"<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,40})", re.I)
_META_WITHIN = 2_048
_NOT_FOR_MAIL = frozenset(
    {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}
)
"""Python codecs that no mail uses as a charset. Some take quadratic time."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_COMPOSABLE = re.compile("[A-Za-z][\u0300-\u036f]{1,3}")
_REPLACEMENT = "\ufffd"
_WHOLE_PER_LOST = 4
"""If more than one character in this many cannot be decoded, the declared charset is wrong."""


def decode(data: bytes, declared: str = "") -> str:
    """Decode `data`, whose declared charset is `declared`. Never raises.

    The declared charset is tried first, then UTF-8, then Windows-1252. Undeclared 8-bit mail in
    Brazil uses one of these two, and statistical guessing does worse on short texts.
    """
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(marked, "replace")
    name = _AKA.get(label := declared.strip().strip("\"'").lower(), label)
    if name not in ("ascii", "utf-8"):
        try:
            codec = codecs.lookup(name).name  # canonical, also for "idna-" and "Unicode-Escape"
            if codec.replace("-", "_") not in _NOT_FOR_MAIL:
                return _decode_declared(data, codec)
        except (LookupError, ValueError):
            pass  # unknown charset, or the bytes are in another one
    return _decode_undeclared(data)


def _decode_declared(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        text = data.decode(name, "replace")
        if text.count(_REPLACEMENT) * _WHOLE_PER_LOST > len(text):
            raise
        return text


def _decode_undeclared(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    as_utf8 = data.decode("utf-8", "replace")
    lost = as_utf8.count(_REPLACEMENT)
    understood = sum(not character.isascii() for character in as_utf8[:100_000]) - lost
    if understood and understood >= lost:  # UTF-8, cut or damaged somewhere
        return as_utf8
    return data.decode("cp1252", "replace")


def declared_in_html(data: bytes) -> str:
    """The charset in the HTML's own `<meta>` tag; empty if there is none."""
    match = _META.search(data, 0, _META_WITHIN)
    return match[1].decode("ascii") if match else ""


def storable(text: str) -> str:
    """`text` without what PostgreSQL and JSON refuse.

    NUL and other control characters are removed, lone surrogates replaced. Letters with separate
    accents (as macOS writes them) are composed, so that words compare equal.
    """
    text = _CONTROL.sub("", text)
    if text.isascii():
        return text
    text = _SURROGATE.sub(_REPLACEMENT, text)
    return _COMPOSABLE.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def one_line(text: str) -> str:
    """`storable(text)` on one line: each run of white space, line ends included, is one space.

    Marks that reverse the writing direction are removed, because they make "fdp.exe" look like
    "exe.pdf".
    """
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    text = " ".join(storable(text).split())
    return text if text.isascii() else _DIRECTIONS.sub("", text)
