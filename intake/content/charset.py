"""Bytes to text, always: a wrong or missing charset costs characters, never the message."""

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
"""Labels as they come in the wild. ISO-8859-1 is read as Windows-1252, as browsers do (WHATWG
Encoding Standard, 4.2): real mail puts curly quotes and the euro sign there."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks say more than any label (WHATWG Encoding Standard, 6)."""

_META = re.compile(rb"<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_:.+-]{1,40})", re.I)
_META_WITHIN = 2_048
_NOT_FOR_MAIL = frozenset(
    {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}
)
"""Python codecs that are no charset of any mail; some take quadratic time."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_COMPOSABLE = re.compile("[A-Za-z][\u0300-\u036f]{1,3}")
_REPLACEMENT = "\ufffd"
_WHOLE_PER_LOST = 4
"""Where more than one character in so many cannot be decoded, the charset is another."""


def decode(data: bytes, declared: str = "") -> str:
    """The text of `data`, which says it is in the charset `declared`.

    The declared charset is tried first, then UTF-8, then Windows-1252: undeclared 8-bit mail in
    Brazil is one of these two, and guessing by statistics is worse than that on short texts.
    """
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(marked, "replace")
    name = _AKA.get(label := declared.strip().strip("\"'").lower(), label)
    if name not in ("ascii", "utf-8"):
        try:
            codec = codecs.lookup(name).name  # which also finds "idna-" and "Unicode-Escape"
            if codec.replace("-", "_") not in _NOT_FOR_MAIL:
                return _decode_declared(data, codec)
        except (LookupError, ValueError):
            pass  # no such charset, or not what the bytes are in
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
    if understood and understood >= lost:  # UTF-8 that was cut or damaged somewhere
        return as_utf8
    return data.decode("cp1252", "replace")


def declared_in_html(data: bytes) -> str:
    """The charset that HTML names itself, where its mail names none; empty where it does not."""
    match = _META.search(data, 0, _META_WITHIN)
    return match[1].decode("ascii") if match else ""


def storable(text: str) -> str:
    """Without what PostgreSQL and JSON refuse: NUL, other control characters, lone surrogates.

    Letters with separate accents (as macOS writes them) are composed, so that words compare equal.
    """
    text = _CONTROL.sub("", text)
    if text.isascii():
        return text
    text = _SURROGATE.sub(_REPLACEMENT, text)
    return _COMPOSABLE.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def one_line(text: str) -> str:
    """Storable, with every run of white space, line ends included, as one space.

    Marks that turn the writing direction around are left out: in a line among others of ours they
    would make "fdp.exe" read as "exe.pdf".
    """
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    text = " ".join(storable(text).split())
    return text if text.isascii() else _DIRECTIONS.sub("", text)
