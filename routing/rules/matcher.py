"""Finds all phrases of a phrasebook in a text in one pass.

The text is put into one line twice, as stems and as folded words, and an Aho-Corasick automaton
searches that line. From the words found, it derives the pairs and lists that contain them. So the
time depends on what is in the text, not on the number of phrases.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import accumulate, pairwise

from ahocorasick_rs import AhoCorasick

from routing.rules.folding import Token, stem_of, tokens_of
from routing.rules.phrasebook import BETWEEN_STEMS, BETWEEN_WORDS, PairNode, Phrasebook
from routing.rules.spelling import Spelling

Span = tuple[int, int]
"""Token indexes: that of the first token, and that after the last."""
_SENTENCE_END = "."
_MOST_PIECES = 5_000
"""The most words and sentence ends of one field that are searched."""
_MOST_PAIRS = 300
"""The most matches kept for one pair; more would add nothing."""
_NEGATIONS = frozenset({"nao", "nunca", "jamais", "nem", "sem"})
_NEGATION_REACH = 3
"""The number of words before a phrase in which a "não" negates it."""


@dataclass(frozen=True, slots=True)
class Field:
    """A part of a message that is searched."""

    name: str
    text: str


class Reading:
    """A searched text: its tokens, and where each phrase was found."""

    __slots__ = ("_field_of", "fields", "spans", "tokens")

    def __init__(self, fields: Sequence[Field]) -> None:
        self.fields = fields
        self.tokens: list[Token] = []
        self.spans: dict[int, list[Span]] = {}
        """Node of the phrasebook → its spans, sorted."""
        self._field_of: list[Field] = []
        """The field of each token."""
        sentence = 0
        for each in fields:
            found = tokens_of(each.text, _MOST_PIECES, sentence)
            self.tokens += found
            self._field_of += [each] * len(found)
            if found:
                sentence = found[-1].sentence + 1

    def field_of(self, span: Span) -> Field:
        """The part of the message that contains a span."""
        return self._field_of[span[0]]

    def spans_of(self, nodes: Sequence[int]) -> list[Span]:
        """Where any of these phrases was found."""
        return [span for node in nodes for span in self.spans.get(node, ())]

    def words_at(self, span: Span) -> str:
        """The words of a span as written in the message, on one line."""
        begin, end = self.tokens[span[0]].start, self.tokens[span[1] - 1].end
        words = self.field_of(span).text[begin:end]
        return words if span[1] - span[0] == 1 else " ".join(words.split())

    def is_negated(self, span: Span) -> bool:
        """Whether "não" or the like comes shortly before the span, in the same sentence."""
        first = self.tokens[span[0]]
        before = self.tokens[max(0, span[0] - _NEGATION_REACH) : span[0]]
        return any(
            token.sentence == first.sentence and token.word in _NEGATIONS for token in before
        )


class Matcher:
    """A compiled phrasebook. It holds no search state, so threads may share it."""

    def __init__(self, book: Phrasebook) -> None:
        patterns = list(book.atoms)
        self._nodes = [book.atoms[pattern] for pattern in patterns]
        self._automaton = AhoCorasick(patterns) if patterns else None
        self._ranks = tuple(book.ranks)
        self._pairs = dict(book.pairs)
        groups: list[list[int]] = [[] for _ in book.ranks]
        pairs: list[list[int]] = [[] for _ in book.ranks]
        for node, members in book.members.items():
            for member in members:
                groups[member].append(node)
        # Each pair is listed under the side that fewer pairs share: a word like "emitir", which is
        # part of hundreds of pairs, must not cause all of them to be tested when it is found.
        shared = Counter(side for pair in book.pairs.values() for side in (pair.left, pair.right))
        for node, pair in book.pairs.items():
            pairs[min(pair.left, pair.right, key=lambda side: shared[side])].append(node)
        self._groups_of = tuple(map(tuple, groups))
        self._pairs_of = tuple(map(tuple, pairs))
        self._spelling = Spelling(book.vocabulary, book.beginnings)

    def read(self, fields: Sequence[Field]) -> Reading:
        """Search the fields. Takes time linear in their length."""
        reading = Reading(fields)
        if self._automaton is not None and reading.tokens:
            self._find_words(reading)
            self._carry_up(reading)
        return reading

    def _find_words(self, reading: Reading) -> None:
        assert self._automaton is not None
        line = _Line(reading.tokens, self._spelling)
        spans, nodes, tokens_at = reading.spans, self._nodes, line.tokens_at
        for pattern, begin, end in self._automaton.find_matches_as_indexes(
            line.text, overlapping=True
        ):
            spans.setdefault(nodes[pattern], []).append(tokens_at(begin, end))

    def _carry_up(self, reading: Reading) -> None:
        """Find the pairs and lists that contain the nodes found so far.

        Nodes are processed by rank, so that a node is complete before another is derived from it.
        """
        spans, ranks = reading.spans, self._ranks
        waiting = [(ranks[node], node) for node in spans]
        waiting.sort()
        queued = set(spans)
        while waiting:
            _, node = heappop(waiting)
            if (pair := self._pairs.get(node)) is not None:
                found = _near(pair, reading)
                if not found:
                    continue
                spans[node] = found
            else:
                found = spans[node] = sorted(set(spans[node]))
            for group in self._groups_of[node]:
                spans.setdefault(group, []).extend(found)
                if group not in queued:
                    queued.add(group)
                    heappush(waiting, (ranks[group], group))
            for pair_node in self._pairs_of[node]:
                if pair_node not in queued:
                    queued.add(pair_node)
                    heappush(waiting, (ranks[pair_node], pair_node))


class _Line:
    """The text that the automaton searches: all stems, then all words, with separators around each.

    An extra entry separates sentences, so that no phrase matches across their end.
    """

    __slots__ = ("_half", "_places", "_stops", "text")

    def __init__(self, tokens: Sequence[Token], spelling: Spelling) -> None:
        written = [token.word for token in tokens]
        words = list(map(spelling.meant, written))
        stems = [token.stem for token in tokens]
        if words != written:
            for number, word in enumerate(words):
                if word != written[number]:
                    stems[number] = stem_of(word)
        sentences = [token.sentence for token in tokens]
        ends = [
            number
            for number, (one, other) in enumerate(pairwise(sentences), start=1)
            if one != other
        ]
        self._stops = [number + place for place, number in enumerate(ends)]
        """The indexes of the entries that are sentence ends, not tokens."""
        for entries in (stems, words):
            for stop in self._stops:
                entries.insert(stop, _SENTENCE_END)
        stem_half = f"{BETWEEN_STEMS}{BETWEEN_STEMS.join(stems)}{BETWEEN_STEMS}"
        self.text = f"{stem_half}{BETWEEN_WORDS}{BETWEEN_WORDS.join(words)}{BETWEEN_WORDS}"
        self._half = len(stem_half)
        self._places = tuple(
            list(accumulate([len(entry) + 1 for entry in half], initial=start))
            for half, start in ((stems, 0), (words, self._half))
        )
        """The positions of the separators in each half."""

    def tokens_at(self, begin: int, end: int) -> Span:
        """The tokens that a match covers. It may cover only the beginning of the last one."""
        places = self._places[begin >= self._half]
        first = bisect_left(places, begin)
        last = bisect_left(places, end - 1) - 1
        stops = self._stops
        return first - bisect_left(stops, first), last + 1 - bisect_left(stops, last)


def _near(pair: PairNode, reading: Reading) -> list[Span]:
    """Where both sides of a pair are close enough in one sentence."""
    lefts, rights = reading.spans.get(pair.left), reading.spans.get(pair.right)
    if not lefts or not rights:
        return []
    found = _followed(lefts, rights, pair.within, reading.tokens)
    if not pair.in_order:
        found |= _followed(rights, lefts, pair.within, reading.tokens)
    return sorted(found)


def _followed(
    firsts: Sequence[Span], seconds: Sequence[Span], within: int, tokens: Sequence[Token]
) -> set[Span]:
    found: set[Span] = set()
    for begin, end in firsts:
        for place in range(bisect_left(seconds, (end, 0)), len(seconds)):
            second = seconds[place]
            if second[0] - end > within:
                break
            if tokens[second[0]].sentence == tokens[begin].sentence:
                found.add((begin, second[1]))
                if len(found) >= _MOST_PAIRS:
                    return found
    return found
