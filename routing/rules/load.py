"""Loads rules files into a rule set, or reports everything that is wrong with them."""

from collections.abc import Mapping, Sequence
from typing import Any

from routing.rules.checks import check_names, check_reachable
from routing.rules.compile_condition import ConditionCompiler
from routing.rules.conditions import Condition
from routing.rules.drafts import HEAVIEST, Drafts, RuleDraft, WordKey, read_drafts
from routing.rules.names import KnownNames
from routing.rules.phrasebook import Phrasebook
from routing.rules.problems import Place, Problems, RulesInvalid, RuleSource, instead_of
from routing.rules.rule import NO_TICKET, VOTED, Effects, Rule
from routing.rules.ruleset import RuleSet, fingerprint_of
from routing.rules.triggers import asks_for_decision, triggers_of
from routing.vocabulary import Kind, Priority

__all__ = ["RuleSource", "RulesInvalid", "load_rules"]

_RULE_KEYS = frozenset({"id", "label", "when", "set", "weight", "enabled", "note"})
SET_KEYS = frozenset(VOTED) | {"tags", "no_ticket", "opens_ticket", "no_acknowledgement"}
_PROVES_AS_RULE = 1.0
"""The weight from which a [[rule]] with no_ticket proves that nothing is asked for."""
_PROVES_AS_WORD = 10.0
"""The weight from which a phrase of [words.request_type.none] proves it. Lighter ones only add to
the score."""
_CLOSED: Mapping[str, frozenset[str]] = {
    "priority": frozenset(Priority),
    "kind": frozenset(Kind),
}


def load_rules(
    sources: Sequence[RuleSource], *, margin: float = 0.5, known: KnownNames | None = None
) -> RuleSet:
    """Compile rules files, given with the shipped ones before the operator's.

    `margin`: by how much the score of the best request type must lead. `known`: the names that the
    settings define; without it names are not checked. Raises RulesInvalid with all problems found.
    """
    problems = Problems()
    drafts = read_drafts(sources, problems)
    book = Phrasebook(groups={name: tuple(group) for name, group in drafts.groups.items()})
    asked = None if known is None else known.request_types | {NO_TICKET}
    conditions = ConditionCompiler(book, problems, asked)
    loader = _Loader(drafts, book, conditions, problems, known)
    rules = loader.rules()
    loader.check_groups()
    problems.raise_any()
    return RuleSet(
        rules=rules,
        book=book,
        regexes=tuple(conditions.regexes),
        fields=frozenset(conditions.fields),
        margin=margin,
        fingerprint=fingerprint_of(rules, book, tuple(conditions.regexes), margin),
    )


class _Loader:
    def __init__(
        self,
        drafts: Drafts,
        book: Phrasebook,
        conditions: ConditionCompiler,
        problems: Problems,
        known: KnownNames | None,
    ) -> None:
        self._drafts = drafts
        self._book = book
        self._conditions = conditions
        self._problems = problems
        self._known = known

    def rules(self) -> tuple[Rule, ...]:
        """All rules, sorted by id: their order in the files does not matter."""
        found = [self._words(key, *entry) for key, entry in self._drafts.words.items()]
        found += [self._rule(identity, draft) for identity, draft in self._drafts.rules.items()]
        return tuple(sorted((rule for rule in found if rule), key=lambda rule: rule.id))

    def check_groups(self) -> None:
        """Check the phrases of all lists, including lists that no rule uses."""
        for phrases in self._drafts.groups.values():
            for phrase, place in phrases.items():
                self._conditions.node(phrase, place)

    def _words(self, key: WordKey, weight: float, place: Place) -> Rule | None:
        what, value, phrase = key
        node = self._conditions.node(phrase, place)
        effects = self._effects({what: value}, place)
        if node is None or effects is None or weight == 0:
            return None
        condition = self._conditions.phrases((node,))
        return Rule(
            id=f"{what}.{value}: {phrase}",
            label=f"“{phrase}”",
            condition=condition,
            effects=effects,
            weight=self._weight(weight, place),
            proves_no_ticket=effects.request_type == NO_TICKET and weight >= _PROVES_AS_WORD,
            triggers=triggers_of(condition),
        )

    def _rule(self, identity: str, draft: RuleDraft) -> Rule | None:
        table, place = draft.table, draft.place
        for key in set(table) - _RULE_KEYS:
            self._problems.add(
                place / key, f"unknown key '{key}' in a rule: {instead_of(key, _RULE_KEYS)}"
            )
        enabled = table.get("enabled", True)
        if not isinstance(enabled, bool):
            self._problems.add(place / "enabled", "'enabled' is true or false")
        if enabled is False:
            return None
        label = table.get("label")
        if not isinstance(label, str) or not label.strip():
            self._problems.add(place, f"rule '{identity}' needs a label: one sentence for people")
        condition = self._condition(identity, table, place)
        effects = self._set(identity, table, place)
        weight = self._weight(table.get("weight", 1.0), place / "weight")
        if condition is None or effects is None:
            return None
        after = asks_for_decision(condition)
        if after and (effects.request_type is not None or effects.opens_ticket):
            self._problems.add(
                place / "set",
                f"rule '{identity}' asks for the decided request type and sets it: only one",
            )
        check_reachable(identity, condition, place, self._problems)
        return Rule(
            id=identity,
            label=str(label),
            condition=condition,
            effects=effects,
            weight=weight,
            proves_no_ticket=effects.request_type == NO_TICKET and weight >= _PROVES_AS_RULE,
            after_decision=after,
            triggers=triggers_of(condition),
        )

    def _condition(self, identity: str, table: Mapping[str, Any], place: Place) -> Condition | None:
        if "when" not in table:
            self._problems.add(place, f"rule '{identity}' never fires: it has no 'when'")
            return None
        return self._conditions.condition(table["when"], place / "when")

    def _set(self, identity: str, table: Mapping[str, Any], place: Place) -> Effects | None:
        written = table.get("set")
        if not isinstance(written, dict) or not written:
            self._problems.add(
                place, f"rule '{identity}' sets nothing: write for instance set.request_type"
            )
            return None
        return self._effects(written, place / "set")

    def _effects(self, written: Mapping[str, Any], place: Place) -> Effects | None:
        values: dict[str, Any] = {}
        sound = True
        for key, value in written.items():
            # All words of one table vote for the same value: a wrong value is reported once.
            in_table = place.path[:1] == ("words",)
            at = Place(place.source, place.path[:3]) if in_table else place / key
            if key not in SET_KEYS:
                self._problems.add(
                    at, f"unknown key '{key}' in what a rule sets: {instead_of(key, SET_KEYS)}"
                )
                sound = False
            elif key in VOTED:
                sound &= self._is_name(key, value, at)
                values[key] = value
            elif key == "tags":
                values["tags"] = tuple(value) if isinstance(value, list) else (value,)
                if not all(isinstance(tag, str) and tag for tag in values["tags"]):
                    self._problems.add(at, 'tags are a list of texts: ["vip"]')
                    sound = False
            elif not isinstance(value, bool):
                self._problems.add(at, f"'{key}' is true or false")
                sound = False
            elif key == "no_acknowledgement":
                values["acknowledge"] = not value
            elif key == "opens_ticket":
                values["opens_ticket"] = value
        if written.get("no_ticket") is True:
            if "request_type" in values:
                self._problems.add(place, "a rule sets no_ticket or a request_type, not both")
            values["request_type"] = NO_TICKET
        sound &= self._agree_on_tickets(written, values, place)
        return Effects(**values) if sound else None

    def _agree_on_tickets(
        self, written: Mapping[str, Any], values: Mapping[str, Any], place: Place
    ) -> bool:
        if written.get("opens_ticket") is False:
            self._problems.add(
                place / "opens_ticket",
                "'opens_ticket' is only ever true: a rule against a ticket sets no_ticket = true",
            )
            return False
        if values.get("opens_ticket") and values.get("request_type") == NO_TICKET:
            self._problems.add(place, "a rule sets no_ticket or opens_ticket, not both")
            return False
        return True

    def _is_name(self, key: str, value: Any, place: Place) -> bool:
        if not isinstance(value, str) or not value:
            self._problems.add(place, f"'{key}' is one text between quotation marks")
            return False
        closed = _CLOSED.get(key)
        if closed is not None and value not in closed:
            self._problems.add(place, f"unknown {key} '{value}': {instead_of(value, closed)}")
            return False
        if self._known is not None:
            check_names(key, value, place, self._known, self._problems)
        return True

    def _weight(self, written: Any, place: Place) -> float:
        if type(written) not in (int, float) or not -HEAVIEST <= written <= HEAVIEST:
            self._problems.add(
                place,
                f"a weight is a number between -{HEAVIEST:g} and {HEAVIEST:g}: 1.5, "
                "or a negative one to speak against",
            )
            return 0.0
        if written == 0:
            self._problems.add(
                place, "weight 0 decides nothing: switch the rule off with enabled = false"
            )
        return float(written)
