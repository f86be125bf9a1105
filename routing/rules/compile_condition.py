"""Compiles the `when` of a rule, as read from TOML, into a condition."""

from collections.abc import Mapping
from typing import Any

import re2

from routing.rules.conditions import (
    FACTS,
    NEW_SUBJECT,
    NEW_TEXT,
    PLACES,
    BusinessHours,
    Condition,
    Every,
    Fact,
    Header,
    Length,
    NoneOf,
    Only,
    Phrases,
    Regex,
    Some,
    Unreadable,
)
from routing.rules.phrase import PhraseInvalid
from routing.rules.phrasebook import ListInvalid, Phrasebook
from routing.rules.problems import Place, Problems, instead_of
from routing.vocabulary import Authentication, Channel, Kind

_CLOSED: Mapping[str, frozenset[str]] = {
    "channel": frozenset(Channel),
    "authentication": frozenset(Authentication),
    "kind": frozenset(Kind),
}
"""Facts that have a fixed set of values."""
KEYS = frozenset(
    {"any", "all", "none", "phrases", "except", "regex", "where", "negated", "only", "header"}
    | {"unreadable", "others_at_most"}
    | {"business_hours", "words_at_least", "words_at_most"}
    | FACTS
)


class ConditionCompiler:
    """Compiles the conditions of one rule set, and collects what is wrong with them."""

    def __init__(
        self, book: Phrasebook, problems: Problems, request_types: frozenset[str] | None = None
    ) -> None:
        self._book = book
        self._problems = problems
        self._known = (
            _CLOSED if request_types is None else {**_CLOSED, "request_type": request_types}
        )
        self._shared: dict[tuple[int, ...], Phrases] = {}
        self.regexes: dict[str, int] = {}
        """Regular expression → its number."""
        self.fields = set(NEW_TEXT)
        """The parts of a message that any rule searches."""

    def condition(self, written: Any, place: Place) -> Condition | None:
        """Compile a condition; None if it is wrong, after adding the problem."""
        match written:
            case str():
                return self._phrases_of([written], [place])
            case list():
                return self._joined("any", written, place)
            case dict():
                return self._table(written, place)
            case _:
                self._problems.add(
                    place, f"{written!r} is no condition: write a phrase, a list or a table"
                )
                return None

    def _table(self, table: Mapping[str, Any], place: Place) -> Condition | None:
        parts: list[Condition | None] = []
        for key in table:
            if key not in KEYS:
                self._problems.add(
                    place / key, f"unknown key '{key}' in a condition: {instead_of(key, KEYS)}"
                )
                parts.append(None)
        if not table:
            self._problems.add(place, "an empty condition looks for nothing: name what to look for")
            return None
        if "phrases" in table:
            parts.append(self._phrases(table, place))
        if "regex" in table:
            parts.append(self._regex(table, place))
        if not {"phrases", "regex"} & set(table):
            for key in {"where", "negated"} & set(table):
                self._problems.add(place / key, f"'{key}' says nothing without 'phrases'")
        if "except" in table and "phrases" not in table:
            self._problems.add(place / "except", "'except' says nothing without 'phrases'")
            parts.append(None)
        if "others_at_most" in table and "only" not in table:
            self._problems.add(
                place / "others_at_most", "'others_at_most' says nothing without 'only'"
            )
            parts.append(None)
        if {"words_at_least", "words_at_most"} & set(table):
            parts.append(self._length(table, place))
        for key, value in table.items():
            at = place / key
            if key in ("any", "all", "none"):
                parts.append(self._joined(key, value, at))
            elif key == "only":
                parts.append(self._only(value, table.get("others_at_most", 0), place))
            elif key == "header":
                parts.append(self._header(value, at))
            elif key in ("business_hours", "unreadable"):
                parts.append(self._yes_or_no(key, value, at))
            elif key in FACTS:
                parts.append(self._fact(key, value, at))
        sound = [part for part in parts if part is not None]
        if len(sound) < len(parts) or not sound:
            return None
        return sound[0] if len(sound) == 1 else Every(tuple(sound))

    def _joined(self, how: str, written: Any, place: Place) -> Condition | None:
        entries = written if isinstance(written, list) else [written]
        if not entries:
            self._problems.add(place, f"'{how}' is empty: list at least one phrase or condition")
            return None
        plain = [entry for entry in entries if isinstance(entry, str)]
        parts: list[Condition | None] = []
        if plain and how != "all":
            steps = [number for number, entry in enumerate(entries) if isinstance(entry, str)]
            parts.append(self._phrases_of(plain, [place / step for step in steps]))
        for number, entry in enumerate(entries):
            if how == "all" or not isinstance(entry, str):
                parts.append(self.condition(entry, place / number))
        sound = tuple(part for part in parts if part is not None)
        if len(sound) < len(parts):
            return None
        if how == "none":
            return NoneOf(sound)
        if len(sound) == 1:
            return sound[0]
        return Every(sound) if how == "all" else Some(sound)

    def _phrases(self, table: Mapping[str, Any], place: Place) -> Condition | None:
        at = place / "phrases"
        phrases = self._texts(table["phrases"], at)
        where = self._where(table.get("where"), place / "where")
        set_phrases = self._set_phrases(table.get("except"), place / "except")
        negated = table.get("negated")
        if negated is not None and not isinstance(negated, bool):
            self._problems.add(place / "negated", "'negated' is true or false")
            return None
        if phrases is None or where is None or set_phrases is None:
            return None
        places = [at / number for number in range(len(phrases))]
        found = self._phrases_of(phrases, places)
        return None if found is None else Phrases(found.nodes, where, negated, set_phrases)

    def _set_phrases(self, written: Any, place: Place) -> tuple[int, ...] | None:
        if written is None:
            return ()
        phrases = self._texts(written, place)
        if phrases is None:
            return None
        found = self._phrases_of(phrases, [place / number for number in range(len(phrases))])
        return None if found is None else found.nodes

    def _phrases_of(self, phrases: list[str], places: list[Place]) -> Phrases | None:
        nodes = [self.node(phrase, at) for phrase, at in zip(phrases, places, strict=True)]
        sound = {node for node in nodes if node is not None}
        return None if None in nodes else self.phrases(tuple(sorted(sound)))

    def phrases(self, nodes: tuple[int, ...]) -> Phrases:
        """The condition for these phrases: the same object for all rules with the same phrases."""
        return self._shared.setdefault(nodes, Phrases(nodes))

    def node(self, phrase: str, place: Place) -> int | None:
        """The phrase's node; None if the phrase is wrong, after adding the problem."""
        try:
            return self._book.node_of(phrase)
        except ListInvalid:
            # The problem is added at the list itself.
            return None
        except PhraseInvalid as error:
            message = str(error)
            if message.startswith("there is no list"):
                named = next(word[1:] for word in phrase.split() if word.startswith("@"))
                message += f": {instead_of(named, self._book.groups)}"
            self._problems.add(place, message)
            return None

    def _regex(self, table: Mapping[str, Any], place: Place) -> Condition | None:
        written = self._texts(table["regex"], place / "regex")
        where = self._where(table.get("where"), place / "where")
        if written is None or where is None:
            return None
        options = re2.Options()
        options.log_errors = False
        for number, expression in enumerate(written):
            try:
                re2.compile(f"(?i){expression}", options)
            except re2.error as error:
                said = error.args[0] if error.args else ""
                reason = said.decode() if isinstance(said, bytes) else str(said)
                self._problems.add(
                    place / "regex" / number,
                    f"'{expression}' is no regular expression that RE2 can run: {reason}",
                )
                return None
        numbers = tuple(
            self.regexes.setdefault(expression, len(self.regexes)) for expression in written
        )
        return Regex(numbers, where)

    def _where(self, written: Any, place: Place) -> frozenset[str] | None:
        if written is None:
            return NEW_TEXT
        fields = self._texts(written, place)
        if fields is None:
            return None
        for field in fields:
            if field not in PLACES:
                self._problems.add(
                    place, f"unknown part of a message '{field}': {instead_of(field, PLACES)}"
                )
                return None
        self.fields.update("subject" if field == NEW_SUBJECT else field for field in fields)
        return frozenset(fields)

    def _only(self, written: Any, others: Any, place: Place) -> Condition | None:
        at = place / "only"
        phrases = self._texts(written, at)
        if type(others) is not int or others < 0:
            self._problems.add(place / "others_at_most", "'others_at_most' is a number of words")
            return None
        if phrases is None:
            return None
        found = self._phrases_of(phrases, [at / number for number in range(len(phrases))])
        return None if found is None else Only(found.nodes, others)

    def _length(self, table: Mapping[str, Any], place: Place) -> Condition | None:
        least, most = table.get("words_at_least", 0), table.get("words_at_most")
        for key, value in (("words_at_least", least), ("words_at_most", most)):
            if value is not None and (type(value) is not int or value < 0):
                self._problems.add(place / key, f"'{key}' is a number of words")
                return None
        if most is not None and least > most:
            self._problems.add(
                place / "words_at_least", f"at least {least} and at most {most} words: never both"
            )
            return None
        return Length(least, most)

    def _header(self, written: Any, place: Place) -> Condition | None:
        if not isinstance(written, dict) or not written:
            self._problems.add(place, 'write a header as { precedence = "bulk" }')
            return None
        parts: list[Condition] = []
        for name, values in written.items():
            patterns = self._texts(values, place / name)
            if patterns is None:
                return None
            parts.append(Header(name.lower(), tuple(pattern.lower() for pattern in patterns)))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _yes_or_no(self, key: str, written: Any, place: Place) -> Condition | None:
        if not isinstance(written, bool):
            self._problems.add(place, f"'{key}' is true or false")
            return None
        return BusinessHours(written) if key == "business_hours" else Unreadable(written)

    def _fact(self, key: str, written: Any, place: Place) -> Condition | None:
        values = self._texts(written, place)
        if values is None:
            return None
        known = self._known.get(key)
        for value in values:
            if known is not None and value not in known:
                name = key.replace("_", " ")
                self._problems.add(place, f"unknown {name} '{value}': {instead_of(value, known)}")
                return None
        return Fact(key, tuple(value.lower() for value in values))

    def _texts(self, written: Any, place: Place) -> list[str] | None:
        texts = written if isinstance(written, list) else [written]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            self._problems.add(place, "write one text between quotation marks, or a list of them")
            return None
        return texts
