"""A rule set: classifies messages deterministically and explains its decisions."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import re2

from routing.message import Message
from routing.rules.classification import Classification, Evidence, Surroundings
from routing.rules.conditions import (
    FIELDS,
    Condition,
    Every,
    Finding,
    NoneOf,
    Only,
    Phrases,
    Regex,
    Some,
    View,
)
from routing.rules.decision import Fired, Tally, settled
from routing.rules.matcher import Field, Matcher, Reading
from routing.rules.phrasebook import Phrasebook
from routing.rules.rule import NO_TICKET, Rule
from routing.vocabulary import UNCLASSIFIED, Kind, Priority

_ENGINE = 2
"""Increased whenever a change of this code makes the same rules decide differently."""
_REGEX_MEMORY = 64 << 20
"""The most memory, in bytes, for searching all regular expressions together."""


class _Asked(NamedTuple):
    """A condition, and the rules that fire if it holds, with their positions among all rules."""

    condition: Condition
    rules: list[tuple[int, Rule]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Compiled rules. They are immutable: threads may share them; to change them, replace them."""

    rules: tuple[Rule, ...]
    book: Phrasebook = field(repr=False)
    regexes: tuple[str, ...]
    fields: frozenset[str]
    """The parts of a message that any rule searches."""
    margin: float
    fingerprint: str
    """A hash of everything that affects decisions: same fingerprint, same decisions."""
    _matcher: Matcher = field(init=False, repr=False, compare=False)
    _by_trigger: dict[int, tuple[_Asked, ...]] = field(init=False, repr=False, compare=False)
    _always: tuple[_Asked, ...] = field(init=False, repr=False, compare=False)
    _after: tuple[_Asked, ...] = field(init=False, repr=False, compare=False)
    _regex_set: re2.Set | None = field(init=False, repr=False, compare=False)
    _compiled: tuple[re2._Regexp, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        asked: dict[int, _Asked] = {}
        for place, rule in enumerate(sorted(self.rules, key=_by_weight)):
            key = id(rule.condition)
            asked.setdefault(key, _Asked(rule.condition, [])).rules.append((place, rule))
        by_trigger: dict[int, list[_Asked]] = {}
        always: list[_Asked] = []
        after: list[_Asked] = []
        for each in asked.values():
            _, rule = each.rules[0]
            if rule.after_decision:
                after.append(each)
            elif rule.triggers is None:
                always.append(each)
            else:
                for trigger in rule.triggers:
                    by_trigger.setdefault(trigger, []).append(each)
        put = object.__setattr__
        put(self, "_matcher", Matcher(self.book))
        put(self, "_by_trigger", {trigger: tuple(each) for trigger, each in by_trigger.items()})
        put(self, "_always", tuple(always))
        put(self, "_after", tuple(after))
        put(self, "_regex_set", _set_of(self.regexes))
        put(self, "_compiled", tuple(re2.compile(f"(?i){each}") for each in self.regexes))

    def classify(self, message: Message, surroundings: Surroundings) -> Classification:
        """Classify a message. The same message and surroundings always give the same result."""
        kind = kind_of(message, surroundings)
        reading = self._matcher.read(self._fields_of(message))
        regexes = self._found_regexes(reading.fields)
        view = View(message, surroundings, reading, regexes, kind)
        fired = _fire(self._candidates(reading, regexes), view)
        votes = Tally(each.rule for each in fired)
        winner, candidates = votes.request_type(self.margin)
        refused = winner == NO_TICKET and not votes.may_open_none()
        if not votes.may_open_none():
            winner, candidates = votes.request_type(self.margin, refused=NO_TICKET)
        if self._after:
            decided = replace(view, request_type=winner or UNCLASSIFIED)
            fired += _fire(self._after, decided)
        fired.sort()
        tally = settled(fired, winner)
        opens = winner != NO_TICKET
        return Classification(
            request_type=winner if opens else None,
            kind=Kind(tally.value("kind") or kind),
            priority=Priority(tally.priority()),
            opens_ticket=opens,
            acknowledge=tally.acknowledge(default=opens),
            no_ticket_refused=refused,
            service=tally.value("service") if opens else None,
            level=tally.value("level") if opens else None,
            owner=tally.value("owner") if opens else None,
            tags=tally.tags(),
            language=tally.value("language") or "pt-BR",
            candidates=candidates,
            evidence=tuple(
                Evidence(rule.id, rule.label, found.words, found.where, rule.effect, rule.weight)
                for _, rule, found in fired
            ),
            fingerprint=self.fingerprint,
        )

    def _fields_of(self, message: Message) -> Sequence[Field]:
        texts = {
            "subject": message.subject,
            "text": message.text,
            "attachment": "\n\n".join(each.name for each in message.attachments),
            "quoted": message.quoted,
        }
        return tuple(Field(name, texts[name]) for name in FIELDS if name in self.fields)

    def _candidates(
        self, reading: Reading, regexes: dict[int, tuple[Finding, ...]]
    ) -> Iterable[_Asked]:
        """The conditions that may hold, given what was found; each once."""
        found: dict[int, _Asked] = {}
        for trigger in (*reading.spans, *(-1 - number for number in regexes)):
            for each in self._by_trigger.get(trigger, ()):
                found[id(each)] = each
        return (*self._always, *found.values())

    def _found_regexes(self, fields: Sequence[Field]) -> dict[int, tuple[Finding, ...]]:
        if self._regex_set is None:
            return {}
        found: dict[int, tuple[Finding, ...]] = {}
        for each in fields:
            # RE2 reads UTF-8, which cannot contain lone surrogates.
            text = each.text.encode("utf-8", "replace").decode()
            for number in sorted(self._regex_set.Match(text) or ()):
                if match := self._compiled[number].search(text):
                    finding = Finding((" ".join(match.group().split()),), each.name)
                    found[number] = (*found.get(number, ()), finding)
        return found


def kind_of(message: Message, surroundings: Surroundings) -> Kind:
    """Internal if the sender is on the roster or in one of the firm's domains, else client.

    Subdomains of the firm's domains count too.
    """
    sender = message.sender
    if sender is None:
        return Kind.CLIENT
    address = sender.address.lower()
    domain = sender.domain.lower()
    own = any(domain == each or domain.endswith(f".{each}") for each in surroundings.own_domains)
    return Kind.INTERNAL if own or address in surroundings.people else Kind.CLIENT


def fingerprint_of(
    rules: Sequence[Rule], book: Phrasebook, regexes: Sequence[str], margin: float
) -> str:
    """A hash of rules and phrases that does not depend on their order in the files."""
    names = book.names()
    content = [
        (
            rule.id,
            rule.label,
            _spelt(rule.condition, names, regexes),
            rule.votes,
            rule.effects.tags,
            rule.effects.acknowledge,
            rule.effects.opens_ticket,
            rule.proves_no_ticket,
            rule.weight,
        )
        for rule in sorted(rules, key=lambda rule: rule.id)
    ]
    text = json.dumps([_ENGINE, margin, content], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _spelt(condition: object, names: Sequence[str], regexes: Sequence[str]) -> str:
    """A condition in full, with the names of nodes and regular expressions instead of numbers."""
    match condition:
        case Phrases(nodes, where, negated, outside):
            left_out = sorted(names[n] for n in outside)
            return f"phrases{sorted(names[n] for n in nodes)}{sorted(where)}{negated}{left_out}"
        case Only(nodes, others):
            return f"only{sorted(names[n] for n in nodes)}{others}"
        case Regex(numbers, where):
            return f"regex{sorted(regexes[n] for n in numbers)}{sorted(where)}"
        case Every(parts) | Some(parts) | NoneOf(parts):
            inner = sorted(_spelt(part, names, regexes) for part in parts)
            return f"{type(condition).__name__}{inner}"
        case _:
            return repr(condition)


def _fire(asked: Iterable[_Asked], view: View) -> list[Fired]:
    fired: list[Fired] = []
    for each in asked:
        if (finding := each.condition.finding(view)) is not None:
            fired += [Fired(place, rule, finding) for place, rule in each.rules]
    return fired


def _by_weight(rule: Rule) -> tuple[float, str]:
    return (-abs(rule.weight), rule.id)


def _set_of(regexes: Sequence[str]) -> re2.Set | None:
    if not regexes:
        return None
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _REGEX_MEMORY
    found = re2.Set.SearchSet(options)
    for each in regexes:
        found.Add(f"(?i){each}")
    found.Compile()
    return found
