"""Recognises keys pressed at random: "asdfgh", "jjjkk", "....", "testetetete"."""

import re

from routing.rules.folding import tokens_of

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")
_VOWELS = frozenset("aeiouy")
_MOST_WORDS = 4
_MOST_PIECES = 40
"""The most words, marks and sentence ends that are read: anything longer is a real text."""
_LONGEST_WORD = 46
"""The letters of "pneumoultramicroscopicossilicovulcanoconiótico": no word has more."""
_REPEATED = re.compile(r"(.{1,3}?)\1{2,}.?")
_HARD = re.compile(r"[bcdfghjklmnpqrstvwxz]{5,}")
"""Matches five consonants in a row, which no Portuguese word has."""
_SIGNS_ONLY = re.compile(r"[\W_]+")


def is_gibberish(text: str) -> bool:
    """Whether a short text has no real words. Numbers are no gibberish: they may mean something."""
    squeezed = "".join(text.split())
    if not squeezed:
        return False
    if _SIGNS_ONLY.fullmatch(squeezed):
        return "?" not in squeezed and squeezed.isascii()
    words = [
        (token.word, text[token.start : token.end])
        for token in tokens_of(text, _MOST_PIECES)
        if not token.is_mark
    ]
    return 0 < len(words) <= _MOST_WORDS and all(
        _is_held_down(written) or _is_random(word) or _is_random(written.casefold())
        for word, written in words
    )


def _is_held_down(written: str) -> bool:
    """Whether one or two keys were pressed repeatedly. Folding would reduce them to one letter."""
    keys = len(set(written.casefold()))
    return written.isalpha() and len(written) >= 3 + keys and keys <= 2


def _is_random(word: str) -> bool:
    if not word.isalpha() or not word.isascii():
        return False
    if len(word) > _LONGEST_WORD:
        return True
    if len(word) >= 4 and any(_walks(word, row) for row in _ROWS):
        return True
    if len(word) >= 5 and (_REPEATED.fullmatch(word) or _HARD.search(word)):
        return True
    # Not from four letters: CNPJ, CNDT and PGFN are words here.
    return len(word) >= 5 and not _VOWELS & set(word)


def _walks(word: str, row: str) -> bool:
    """Whether a run of at least three neighbouring keys makes up half of the word or more."""
    best = max(
        (
            end - begin
            for begin in range(len(word))
            for end in range(begin + 3, len(word) + 1)
            if word[begin:end] in row
        ),
        default=0,
    )
    return best >= 3 and best * 2 >= len(word)
