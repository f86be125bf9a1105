"""Misspelt words: "boletu", "municiapl".

The symmetric-delete method (W. Garbe, SymSpell): two words at most one slip apart share a form
from which one letter was taken out, so a look-up costs the same however many words are known.
Only words of the rules are ever a correction, and only of words that nobody else knows.
"""

from collections.abc import Iterable
from functools import lru_cache

from routing.rules.common_words import COMMON
from routing.rules.folding import stem_of

SHORTEST = 6
"""Letters from which a word is looked at: in shorter ones a slip often makes another word."""


class Spelling:
    """Knows the words of one rule set."""

    def __init__(self, words: Iterable[str], beginnings: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._stems = frozenset(stem_of(word) for word in self._words)
        self._beginnings = tuple(sorted(beginnings))
        # Tuples, since nearly all have one member: sets would take ten megabytes more.
        self._by_gap: dict[str, tuple[str, ...]] = {}
        for word in sorted(self._words):
            if len(word) >= SHORTEST - 1 and word.isalpha():
                alone = (word,)
                for gap in dict.fromkeys(_gaps(word)):
                    others = self._by_gap.get(gap)
                    self._by_gap[gap] = (*others, word) if others else alone
        self.meant = lru_cache(maxsize=16384)(self._meant)
        """The word that a folded word was meant to be: itself, where it is not misspelt."""

    def _meant(self, word: str) -> str:
        if len(word) < SHORTEST or self._is_known(word):
            return word
        near = self._near(word) or (self._near(word[:-1]) if word.endswith("s") else set())
        stems = {stem_of(candidate) for candidate in near}
        return min(near) if len(stems) == 1 else word

    def _near(self, word: str) -> set[str]:
        return {
            candidate
            for gap in _gaps(word)
            for candidate in self._by_gap.get(gap, ())
            if candidate[0] == word[0] and _one_slip(word, candidate)
        }

    def _is_known(self, word: str) -> bool:
        return (
            word in self._words
            or word in COMMON
            or stem_of(word) in self._stems
            or not word.isalpha()
            or word.startswith(self._beginnings)
        )


def _gaps(word: str) -> Iterable[str]:
    """The word itself, and the word with each of its letters taken out in turn."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _one_slip(word: str, other: str) -> bool:
    """Whether one letter is missing, too many, another, or two neighbours changed places."""
    if len(word) < len(other):
        word, other = other, word
    start = 0
    while start < len(other) and word[start] == other[start]:
        start += 1
    if len(word) > len(other):
        return len(word) == len(other) + 1 and word[start + 1 :] == other[start:]
    swapped = word[start : start + 2] == other[start : start + 2][::-1]
    return word[start + 1 :] == other[start + 1 :] or (
        swapped and word[start + 2 :] == other[start + 2 :]
    )
