"""Corrects misspelt words: "boletu", "municiapl".

It uses the symmetric-delete method (W. Garbe, SymSpell): two words that differ by at most one slip
share a form with one letter removed, so the cost of a look-up does not depend on the number of
words. Only words of the rules are corrections, and known words are never corrected.
"""

from collections.abc import Iterable
from functools import lru_cache

from routing.rules.common_words import COMMON
from routing.rules.folding import stem_of

SHORTEST = 6
"""Words with fewer letters are not corrected: in short words a slip often makes another word."""


class Spelling:
    """Corrects words to those of one rule set."""

    def __init__(self, words: Iterable[str], beginnings: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._stems = frozenset(stem_of(word) for word in self._words)
        self._beginnings = tuple(sorted(beginnings))
        # Tuples, since nearly all have one member: sets would need ten megabytes more.
        self._by_gap: dict[str, tuple[str, ...]] = {}
        for word in sorted(self._words):
            if len(word) >= SHORTEST - 1 and word.isalpha():
                alone = (word,)
                for gap in dict.fromkeys(_gaps(word)):
                    others = self._by_gap.get(gap)
                    self._by_gap[gap] = (*others, word) if others else alone
        self.meant = lru_cache(maxsize=16384)(self._meant)
        """The correction of a folded word, or the word itself if it is not misspelt."""

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
    """Yield the word, and the word with each of its letters removed in turn."""
    yield word
    for place in range(len(word)):
        yield word[:place] + word[place + 1 :]


def _one_slip(word: str, other: str) -> bool:
    """Whether one letter is missing, extra or different, or two neighbours are swapped."""
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
