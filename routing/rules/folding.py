"""Folds text for the rules: removes accents, case, chat spelling and inflection.

Every word keeps its position in the original text, so that a decision can show the words as
written.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from routing.rules.chat_spelling import IN_FULL, SLASHED
from routing.rules.stemming import stem

_PIECE = re.compile(
    r"[ ,]{0,2}+(?:"
    # Most words, first for speed: followed by a space or comma, and none of the forms below.
    r"(?P<common>(?!(?i:por|pr[oó]|carn[eê])\b)[^\W\d_]++(?=[ ,]))"
    r"|(?i:"
    r"(?P<link>https?://\S+|www\.\S+)"
    r"|(?P<address>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)"
    r"|(?P<slashed>(?<![\w/])[cpsdq]/(?=[\s\w]))"
    r"|(?P<mail>(?<!\w)e-mails?(?!\w))"
    r"|(?P<joined>(?<!\w)(?:pr[oó]\u0301?[- ]?labores?"
    r"|carn[eê]\u0302?[- ]?le[aã]\u0303?o|por\s+qu[eê]\u0302?)(?!\w))"
    r"|(?P<money>r\$)"
    r"|(?P<number>\d+(?:[.,:/-]\d+)*)"
    r"|(?P<word>[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*)"
    # Only the last of several question marks: "??" is one question.
    r"|(?P<mark>\?(?!\?)|%)"
    r"|(?P<end>[.!;:…]+|\n\s*\n)"
    r"))"
)
_RUN = re.compile(r"(.)\1{2,}")
_LAUGHTER = re.compile(
    r"k{2,}|(?:rs){1,}r?|h?(?:[aeiu]{1,2}h){2,}[aeiu]{0,2}|(?:h[aeiu]{1,2}){2,}h?"
)
_LONGEST_WORD = 48
"""Letters of a word that are read: longer ones are not Portuguese, and would fill the caches."""
_ACRONYMS = {"DAS": "dasguia", "IR": "irpf", "NE": "ne"}
"""Acronyms that are another word in lower case: the guide DAS, the tax IR.

They are not recognised if the whole text is in capitals, unless the acronym is its only word.
"""
NUMBER = "#"
LINK = "<link>"
ADDRESS = "<e-mail>"


class Token(NamedTuple):
    """One word of a text."""

    word: str
    """Folded: lower case, no accents, chat spelling expanded."""
    stem: str
    start: int
    """Where the original word begins in the text."""
    end: int
    sentence: int
    """The number of its sentence, from 0. A question or percent mark belongs to its sentence."""

    @property
    def is_mark(self) -> bool:
        """True for a question or percent mark, which is a token but not a word."""
        return self.word in ("?", "%")


def tokens_of(text: str, most: int | None = None, sentence: int = 0) -> list[Token]:
    """The words of a text, in order. Takes linear time and never fails.

    `most`: the most pieces (words, marks, ends of sentences) that are read. `sentence`: the number
    of the first sentence.
    """
    found: list[Token] = []
    add, new = found.append, tuple.__new__
    capitals = text.isupper() and len(text.split()) > 1
    for piece in islice(_PIECE.finditer(text), most):
        kind = piece.lastgroup or ""
        written = piece[kind]
        end = piece.end()
        if kind == "common" or kind == "word":
            if written in _ACRONYMS and not capitals:
                folded = _with_stems((_ACRONYMS[written],))
            else:
                folded = _folded_word(written[:_LONGEST_WORD])
        elif kind == "end":
            sentence += 1
            continue
        else:
            folded = _with_stems(_folded_sign(kind, written))
        start = end - len(written)
        for word, stemmed in folded:
            # The same as Token(…) at half the cost: this runs for each word of each message.
            add(new(Token, (word, stemmed, start, end, sentence)))
        if written == "?":
            sentence += 1
    return found


@lru_cache(maxsize=16384)
def _folded_word(written: str) -> tuple[tuple[str, str], ...]:
    """A written word as folded words with their stems; none for laughter."""
    return _with_stems(tuple(_words(written)))


def _with_stems(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((word, stem_of(word)) for word in words)


def _folded_sign(kind: str, written: str) -> tuple[str, ...]:
    """A piece of text that is no ordinary word (link, number, …) as folded words."""
    match kind:
        case "link":
            return (LINK,)
        case "address":
            return (ADDRESS,)
        case "mail":
            return ("email",)
        case "joined":
            return ("".join(re.findall(r"\w", plain(written))).removesuffix("s"),)
        case "money":
            return ("reais",)
        case "slashed":
            return (SLASHED[written.lower()],)
        case "number":
            return (plain(written[:_LONGEST_WORD]),)
        case _:
            return (written,)


def _words(written: str) -> Iterator[str]:
    bare = plain(written)
    if not bare.isalpha() or not bare.isascii():
        # Characters that fold to several pieces ("m²", "½"), and other scripts.
        yield from (part for part in re.findall(r"\d+|[^\W\d_]+", bare))
        return
    if _LAUGHTER.fullmatch(bare):
        return
    word = _RUN.sub(r"\1", bare)
    if word.endswith("aum"):
        word = f"{word[:-3]}ao"
    yield from IN_FULL.get(word, word).split()


def plain(written: str) -> str:
    """The text in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", written).casefold()
    decomposed = unicodedata.normalize("NFKD", decomposed)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(maxsize=16384)
def stem_of(word: str) -> str:
    """The stem of a folded word; NUMBER for a number."""
    return NUMBER if word[:1].isdigit() else stem(word)
