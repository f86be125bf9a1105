"""The syntax of phrases, as operators write them.

não consigo emitir      these words, one after the other, in any inflection
trav*                   words that begin with "trav"
=atendimento            exactly this word, not "atender" or "atendimentos"
chamado #               "#" is any number
como ?                  a question mark counts as a word
guia ~5 venceu          both in one sentence, at most five words between them, in any order
como >3 emitir          both in this order, at most three words between them
@município              any phrase of the list of that name; allowed wherever a word is
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from routing.rules.folding import NUMBER, plain, tokens_of

WIDEST = 30
"""The largest distance allowed for `~` and `>`, in words."""
_DISTANCE = re.compile(r"([~>])(\d+)")


class PhraseInvalid(ValueError):
    """a phrase that could never be found; the message says why"""


class Form(StrEnum):
    """How a word of a phrase is matched."""

    INFLECTED = "inflected"
    EXACT = "exact"
    BEGINNING = "beginning"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a phrase: `text` is a stem, a folded word, or the beginning of one."""

    text: str
    form: Form


@dataclass(frozen=True, slots=True)
class Words:
    """Words that follow one another."""

    words: tuple[Word, ...]
    written: tuple[str, ...]
    """The inflected words, folded but not stemmed: possible corrections of misspelt words."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a list of phrases, by name."""

    group: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two phrases in one sentence with at most `within` words between them."""

    left: "Phrase"
    right: "Phrase"
    within: int
    in_order: bool


Phrase = Words | Reference | Pair


def parse_phrase(text: str) -> Phrase:
    """Parse a phrase. Raises PhraseInvalid with a message of one line."""
    sides: list[list[str]] = [[]]
    distances: list[tuple[str, int]] = []
    for chunk in text.split():
        if match := _DISTANCE.fullmatch(chunk):
            distances.append((match[1], int(match[2])))
            sides.append([])
        elif chunk[0] in "~>":
            raise PhraseInvalid(
                f"'{chunk}' in '{text}' says no distance: did you mean {chunk[0]}5?"
            )
        else:
            sides[-1].append(chunk)
    phrase = _side(sides[0], text)
    for (sign, within), side in zip(distances, sides[1:], strict=True):
        if within > WIDEST:
            raise PhraseInvalid(f"{sign}{within} in '{text}' reaches too far: at most {WIDEST}")
        phrase = Pair(phrase, _side(side, text), within, sign == ">")
    return phrase


def _side(chunks: list[str], whole: str) -> Phrase:
    if not chunks:
        raise PhraseInvalid(f"'{whole}' can never match: words are missing beside ~ or >")
    if any(chunk.startswith("@") for chunk in chunks):
        return _with_references(chunks, whole)
    return _words(chunks, whole)


def _with_references(chunks: list[str], whole: str) -> Phrase:
    """Parse words and lists: each must directly follow the one before it."""
    parts: list[Phrase] = []
    plain: list[str] = []
    for chunk in chunks:
        if not chunk.startswith("@"):
            plain.append(chunk)
            continue
        if plain:
            parts.append(_words(plain, whole))
            plain = []
        if len(chunk) == 1:
            raise PhraseInvalid(f"'{whole}': the name of a list is missing after @")
        parts.append(Reference(chunk[1:]))
    if plain:
        parts.append(_words(plain, whole))
    phrase = parts[0]
    for part in parts[1:]:
        phrase = Pair(phrase, part, 0, True)
    return phrase


def _words(chunks: list[str], whole: str) -> Words:
    words: list[Word] = []
    written: list[str] = []
    plain: list[str] = []
    for chunk in [*chunks, None]:
        if chunk is not None and not chunk.startswith("=") and "*" not in chunk:
            plain.append(chunk)
            continue
        _add_inflected(" ".join(plain), words, written, whole)
        plain = []
        if chunk is not None:
            words.append(_special(chunk, whole))
    if not words:
        raise PhraseInvalid(f"'{whole}' can never match: it holds no word")
    return Words(tuple(words), tuple(written))


def _add_inflected(text: str, words: list[Word], written: list[str], whole: str) -> None:
    for piece in re.split(f" {NUMBER}(?= )", f" {text} "):
        tokens = tokens_of(f"{piece.strip()} ")
        if tokens and tokens[-1].sentence != tokens[0].sentence:
            raise PhraseInvalid(f"'{whole}' can never match: it goes over the end of a sentence")
        for token in tokens:
            if token.stem == NUMBER:
                words.append(Word(token.word, Form.EXACT))
            else:
                words.append(Word(token.stem, Form.INFLECTED))
                written.append(token.word)
        words.append(Word(NUMBER, Form.INFLECTED))
    words.pop()


def _special(chunk: str, whole: str) -> Word:
    if chunk.startswith("=") and chunk.endswith("*"):
        raise PhraseInvalid(f"'{chunk}' in '{whole}': write either =word or begin*, not both")
    if chunk.startswith("="):
        words = [token.word for token in tokens_of(f"{chunk[1:]} ") if not token.is_mark]
        if len(words) != 1 or "*" in chunk:
            raise PhraseInvalid(f"'{chunk}' in '{whole}' can never match: = asks for one word")
        return Word(words[0], Form.EXACT)
    # Chat spelling is not expanded in a beginning: cert* does not mean certidão*.
    beginning = plain(chunk[:-1])
    if not beginning.isalnum() or not chunk.endswith("*"):
        raise PhraseInvalid(f"'{chunk}' in '{whole}' can never match: one word, * only at its end")
    return Word(beginning, Form.BEGINNING)
