"""Counts the characters and parts of an SMS, and adapts texts to what an SMS can hold.

A part holds 160 characters of GSM 03.38, or 70 if any character is outside that alphabet. In a text
of several parts, each part loses a few to the header that joins them. Of the Portuguese letters,
GSM 03.38 has à, é, ò and ü, but not ã, ç, í or ê: one of these more than halves what fits.
Sources: 3GPP TS 23.038, 6.2.1 (alphabet), TS 23.040, 9.2.3.24.1 (joined parts).
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 1600
"""The most characters that Twilio accepts, on SMS and WhatsApp (its error 21617)."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("\f^{}\\[~]|€")
"""Characters that take two septets."""
_TYPOGRAPHY = str.maketrans(
    {"–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "•": "-", "\xa0": " "}
)
_NO_WORDS = frozenset(("So", "Sk", "Cs", "Co", "Cn", "Cf", "Mn"))
"""Unicode categories of emoji and their modifiers, and of invisible characters."""


class Alphabet(StrEnum):
    """The encoding of an SMS."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """The size of an SMS: `units` are septets in GSM-7, and UTF-16 code units in UCS-2."""

    alphabet: Alphabet
    units: int
    parts: int


_ROOM = {Alphabet.GSM_7: (160, 153), Alphabet.UCS_2: (70, 67)}
"""Units in a single part, and in each of several parts."""


def size(text: str) -> Size:
    """The size of a text as an SMS. The empty text has no parts."""
    costs = [_septets(each) for each in text]
    alphabet = Alphabet.UCS_2 if 0 in costs else Alphabet.GSM_7
    if alphabet is Alphabet.UCS_2:
        costs = [2 if ord(each) > 0xFFFF else 1 for each in text]
    alone, joined = _ROOM[alphabet]
    units = sum(costs)
    parts = _filled(costs, joined) if units > alone else int(bool(units))
    return Size(alphabet=alphabet, units=units, parts=parts)


def worded(text: str, *, accents: bool) -> str:
    """Remove emoji and replace typographic marks; at most LONGEST characters remain.

    Without `accents`, letters that GSM-7 lacks lose their accents, so that the result is all GSM-7.
    """
    composed = unicodedata.normalize("NFC", text).translate(_TYPOGRAPHY)
    kept = "".join(each for each in composed if unicodedata.category(each) not in _NO_WORDS)
    if not accents:
        kept = "".join(_without_accent(each) for each in kept)
    return shortened(re.sub(r"[ \t]+(?=\n|$)", "", kept).strip())


def shortened(text: str) -> str:
    """Shorten a text to LONGEST characters, after a whole word and with dots."""
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST - 4].rsplit(None, 1)[0].rstrip() + " ..."


def _septets(character: str) -> int:
    if character in _BASIC:
        return 1
    return 2 if character in _ESCAPED else 0


def _filled(costs: list[int], room: int) -> int:
    """The number of parts: no character is split between two parts."""
    parts, left = 1, room
    for cost in costs:
        if cost > left:
            parts, left = parts + 1, room
        left -= cost
    return parts


def _without_accent(character: str) -> str:
    if _septets(character):
        return character
    plain = unicodedata.normalize("NFKD", character)
    return "".join(each for each in plain if _septets(each)) or "?"
