"""All phrases of a rule set, each once, and how they are composed of each other.

Each phrase is a node: words that the automaton searches for (an atom), two nodes near each other (a
pair), or a list of nodes (a group). Conditions refer to phrases by node number.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from routing.rules.phrase import Form, Pair, Phrase, PhraseInvalid, Reference, Words, parse_phrase

BETWEEN_STEMS = " "
BETWEEN_WORDS = "\x01"


class ListInvalid(PhraseInvalid):
    """a list that a phrase names holds a phrase that could never be found"""


class ListCircular(PhraseInvalid):
    """a list holds itself"""


@dataclass(frozen=True, slots=True)
class PairNode:
    """A node that matches two other nodes near each other."""

    left: int
    right: int
    within: int
    in_order: bool


@dataclass(slots=True)
class Phrasebook:
    """Collects the phrases of a rule set and gives each a node number."""

    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    atoms: dict[str, int] = field(default_factory=dict)
    """Pattern of the automaton → its node."""
    pairs: dict[int, PairNode] = field(default_factory=dict)
    members: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """Node of a group → the nodes of its members."""
    ranks: list[int] = field(default_factory=list)
    """The rank of each node: 0 for an atom, else one more than the highest rank of its parts."""
    vocabulary: set[str] = field(default_factory=set)
    """The folded words in all phrases."""
    beginnings: set[str] = field(default_factory=set)
    _phrases: dict[str, int] = field(default_factory=dict)
    _pair_nodes: dict[PairNode, int] = field(default_factory=dict)
    _group_nodes: dict[str, int] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def node_of(self, text: str) -> int:
        """The node of a phrase as written by an operator. Raises PhraseInvalid."""
        if (known := self._phrases.get(text)) is None:
            known = self._phrases[text] = self._node(parse_phrase(text))
        return known

    def group_node(self, name: str) -> int:
        """The node of a list.

        Raises PhraseInvalid if there is no such list, ListCircular if it contains itself, and
        ListInvalid if one of its phrases is invalid.
        """
        if (known := self._group_nodes.get(name)) is not None:
            return known
        if name not in self.groups:
            raise PhraseInvalid(f"there is no list of phrases '{name}'")
        if name in self._open:
            circle = " → ".join(f"@{each}" for each in (*self._open, name))
            raise ListCircular(f"a list of phrases cannot hold itself: {circle}")
        self._open.append(name)
        try:
            members = tuple(dict.fromkeys(self.node_of(each) for each in self.groups[name]))
        except (ListInvalid, ListCircular):
            raise
        except PhraseInvalid as error:
            raise ListInvalid(f"@{name}: {error}") from error
        finally:
            self._open.pop()
        node = self._new(1 + max((self.ranks[each] for each in members), default=0))
        self.members[node] = members
        self._group_nodes[name] = node
        return node

    def names(self) -> list[str]:
        """A name for each node that depends only on its phrases, not on their order or numbers."""
        names = [""] * len(self.ranks)
        for pattern, node in self.atoms.items():
            names[node] = pattern
        for node in sorted(range(len(names)), key=lambda each: self.ranks[each]):
            if (pair := self.pairs.get(node)) is not None:
                sides = [names[pair.left], names[pair.right]]
                if not pair.in_order:
                    sides.sort()
                names[node] = f"({sides[0]}{'>' if pair.in_order else '~'}{pair.within}{sides[1]})"
            elif node in self.members:
                digest = hashlib.sha256(
                    "|".join(sorted(names[m] for m in self.members[node])).encode(
                        "utf-8", "surrogatepass"
                    )
                )
                names[node] = digest.hexdigest()
        return names

    def _node(self, phrase: Phrase) -> int:
        match phrase:
            case Words():
                return self._words(phrase)
            case Reference(group):
                return self.group_node(group)
            case Pair(left, right, within, in_order):
                return self._pair(self._node(left), self._node(right), within, in_order)

    def _words(self, phrase: Words) -> int:
        """The node of words in a row: an atom for each run of words that are matched alike."""
        self.vocabulary.update(phrase.written)
        runs: list[str] = []
        begun = ""
        for word in phrase.words:
            between = BETWEEN_STEMS if word.form is Form.INFLECTED else BETWEEN_WORDS
            if begun and begun[-1] != between:
                runs.append(begun)
                begun = ""
            begun = (begun or between) + word.text + between
            if word.form is Form.BEGINNING:
                self.beginnings.add(word.text)
                runs.append(begun[:-1])
                begun = ""
            elif word.form is Form.EXACT:
                self.vocabulary.add(word.text)
        if begun:
            runs.append(begun)
        node = self._atom(runs[0])
        for run in runs[1:]:
            node = self._pair(node, self._atom(run), 0, True)
        return node

    def _atom(self, pattern: str) -> int:
        if (known := self.atoms.get(pattern)) is None:
            known = self.atoms[pattern] = self._new(0)
        return known

    def _pair(self, left: int, right: int, within: int, in_order: bool) -> int:
        pair = PairNode(left, right, within, in_order)
        if (known := self._pair_nodes.get(pair)) is None:
            known = self._new(1 + max(self.ranks[left], self.ranks[right]))
            self._pair_nodes[pair] = known
            self.pairs[known] = pair
        return known

    def _new(self, rank: int) -> int:
        self.ranks.append(rank)
        return len(self.ranks) - 1
