"""Reads rules files and merges them, before anything in them is compiled.

The operator's file is applied over the shipped ones. It may add to a list of phrases or replace it,
change the weight of a word, replace a rule with the same id, or switch a rule off.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.rules.folding import plain
from routing.rules.problems import Place, Problems, RuleSource, instead_of
from routing.rules.rule import VOTED
from routing.toml_lines import TomlSyntax, parse_toml

TOP_KEYS = frozenset({"phrases", "words", "rule"})
WEIGHED = frozenset(VOTED) - {"language", "owner", "kind"}
"""The fields that the words of a [words.…] table may vote for."""
HEAVIEST = 100.0
"""The largest weight allowed; the smallest is its negative."""
WordKey = tuple[str, str, str]
"""Field, value and phrase: ("request_type", "bug", "trav*")."""


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A [[rule]] as written in the file."""

    table: dict[str, Any]
    place: Place


@dataclass(slots=True)
class Drafts:
    """The merged content of all files."""

    groups: dict[str, dict[str, Place]] = field(default_factory=dict)
    words: dict[WordKey, tuple[float, Place]] = field(default_factory=dict)
    spellings: dict[WordKey, WordKey] = field(default_factory=dict)
    """Word in lower case without accents → the spelling in which it was first written."""
    rules: dict[str, RuleDraft] = field(default_factory=dict)


def read_drafts(sources: Sequence[RuleSource], problems: Problems) -> Drafts:
    """Read and merge the sources. What is wrong with their structure is added to `problems`."""
    drafts = Drafts()
    for source in sources:
        try:
            tree = parse_toml(source.text)
        except TomlSyntax as error:
            problems.add_at(source, error.line, error.message)
            continue
        _Layer(source, drafts, problems).read(tree)
    return drafts


class _Layer:
    """Applies one source over what was read before."""

    def __init__(self, source: RuleSource, drafts: Drafts, problems: Problems) -> None:
        self._root = Place(source, ())
        self._overrides = source.overrides
        self._drafts = drafts
        self._problems = problems
        self._own_rules: dict[str, Place] = {}

    def read(self, tree: dict[str, Any]) -> None:
        for key, value in tree.items():
            place = self._root / key
            if key == "phrases" and isinstance(value, dict):
                for name, phrases in value.items():
                    self._group(name, phrases, place / name)
            elif key == "words" and isinstance(value, dict):
                self._words(value, place)
            elif key == "rule" and isinstance(value, list):
                for number, table in enumerate(value):
                    self._rule(table, place / number)
            elif key in TOP_KEYS:
                shape = "[[rule]]" if key == "rule" else f"a table, [{key}]"
                self._problems.add(place, f"'{key}' must be written as {shape}")
            else:
                self._problems.add(place, f"unknown key '{key}': {instead_of(key, TOP_KEYS)}")

    def _group(self, name: str, written: Any, place: Place) -> None:
        if isinstance(written, list):
            if name in self._drafts.groups and not self._overrides:
                self._problems.add(place, f"the list '{name}' stands in two files: join the two")
            whole = self._drafts.groups[name] = self._phrases(written, place)
            self._check_filled(name, whole, place)
            return
        if not isinstance(written, dict) or not written or set(written) - {"add", "remove"}:
            self._problems.add(
                place,
                f"write {name} = [phrases] to set the list, or "
                f"{name} = {{ add = [phrases], remove = [phrases] }} to change it",
            )
            return
        if (group := self._drafts.groups.get(name)) is None:
            self._problems.add(
                place,
                f"there is no list '{name}' to change: {instead_of(name, self._drafts.groups)}",
            )
            return
        for phrase, at in self._phrases(written.get("remove", []), place / "remove").items():
            if group.pop(phrase, None) is None:
                self._problems.add(
                    at, f"'{phrase}' is not in the list '{name}': {instead_of(phrase, group)}"
                )
        group.update(self._phrases(written.get("add", []), place / "add"))
        self._check_filled(name, group, place)

    def _check_filled(self, name: str, group: dict[str, Place], place: Place) -> None:
        if not group:
            self._problems.add(place, f"the list '{name}' is empty: what uses it can never match")

    def _phrases(self, written: Any, place: Place) -> dict[str, Place]:
        if not isinstance(written, list):
            self._problems.add(place, 'a list of phrases is written ["one", "another"]')
            return {}
        found: dict[str, Place] = {}
        for number, phrase in enumerate(written):
            if isinstance(phrase, str):
                found.setdefault(phrase, place / number)
            else:
                self._problems.add(place / number, "a phrase stands between quotation marks")
        return found

    def _words(self, tables: dict[str, Any], place: Place) -> None:
        for what, values in tables.items():
            if what not in WEIGHED or not isinstance(values, dict):
                self._problems.add(
                    place / what, f"words cannot speak for '{what}': {instead_of(what, WEIGHED)}"
                )
                continue
            for value, phrases in values.items():
                if not isinstance(phrases, dict):
                    self._problems.add(
                        place / what / value,
                        f'write [words.{what}.{value}] and below it "phrase" = weight',
                    )
                    continue
                for phrase, weight in phrases.items():
                    self._word((what, value, phrase), weight, place / what / value / phrase)

    def _word(self, written: WordKey, weight: Any, place: Place) -> None:
        key = self._drafts.spellings.setdefault((*written[:2], plain(written[2])), written)
        if not self._overrides:
            key = written
        if type(weight) not in (int, float) or not -HEAVIEST <= weight <= HEAVIEST:
            self._problems.add(
                place,
                f'a weight is a number between -{HEAVIEST:g} and {HEAVIEST:g}: "{key[2]}" = 1.5',
            )
        elif key in self._drafts.words and not self._overrides:
            self._problems.add(
                place, f"'{key[2]}' has a weight at {self._drafts.words[key][1]}: keep one of them"
            )
        elif weight == 0 and key not in self._drafts.words:
            same = [phrase for *table, phrase in self._drafts.words if table == [*key[:2]]]
            self._problems.add(
                place, f"'{key[2]}' has no weight to take away: {instead_of(key[2], same)}"
            )
        else:
            self._drafts.words[key] = (float(weight), place)

    def _rule(self, table: Any, place: Place) -> None:
        identity = table.get("id") if isinstance(table, dict) else None
        if not isinstance(identity, str) or not identity.strip():
            self._problems.add(place, 'every [[rule]] needs an id = "short-name"')
            return
        if (first := self._own_rules.get(identity)) is not None:
            self._problems.add(
                place / "id",
                f"two rules have the id '{identity}', the first at {first}: rename one",
            )
            return
        self._own_rules[identity] = place
        before = self._drafts.rules.get(identity)
        if before is not None and not self._overrides:
            self._problems.add(
                place / "id",
                f"two rules have the id '{identity}', the first at {before.place}: rename one",
            )
            return
        if set(table) == {"id", "enabled"}:
            if before is None:
                self._problems.add(
                    place / "id",
                    f"there is no rule '{identity}' to switch: "
                    f"{instead_of(identity, self._drafts.rules)}",
                )
                return
            table = {**before.table, "enabled": table["enabled"]}
            self._drafts.rules[identity] = RuleDraft(table, before.place)
            return
        self._drafts.rules[identity] = RuleDraft(table, place)
