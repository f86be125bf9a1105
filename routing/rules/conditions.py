"""The conditions of rules. Each tests one thing about a message.

A condition that holds returns a Finding: the words on which it holds, and the part of the message
that they are in. One that does not hold returns None.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from routing.message import Message
from routing.rules.classification import Surroundings
from routing.rules.gibberish import is_gibberish
from routing.rules.matcher import Reading, Span
from routing.rules.wildcard import fits
from routing.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Finding:
    """The words on which a condition held."""

    words: tuple[str, ...] = ()
    where: str = ""

    def __add__(self, other: "Finding") -> "Finding":
        return Finding(
            tuple(dict.fromkeys(self.words + other.words)),
            self.where
            if self.where == other.where or not other.where
            else (f"{self.where}, {other.where}" if self.where else other.where),
        )


HOLDS = Finding()


@dataclass(frozen=True, slots=True)
class View:
    """Everything that a condition can test."""

    message: Message
    surroundings: Surroundings
    reading: Reading
    regexes: Mapping[int, tuple[Finding, ...]]
    """Number of a regular expression → its matches, for those that were found."""
    kind: Kind
    request_type: str | None = None
    """The decided type ("none" for no ticket), set only for rules that are tested after the
    decision."""


class Condition(Protocol):
    """A test on a message."""

    def finding(self, view: View) -> Finding | None:
        """The words on which it holds; None if it does not hold."""
        ...


NEW_TEXT = frozenset({"subject", "text"})
FIELDS = ("subject", "text", "attachment", "quoted")
NEW_SUBJECT = "new_subject"
"""The subject of a new mail. Subjects of replies and forwarded mails are about an earlier mail."""
PLACES = (*FIELDS, NEW_SUBJECT)
"""The parts of a message that a condition may search."""
_CARRIED_OVER = re.compile(
    r"\s*(?:re|res|resp|enc|fw|fwd|aw|wg|antw|rv|tr|r|automatic reply|out of office"
    r"|resposta autom[aá]tica|respuesta autom[aá]tica|r[eé]ponse automatique"
    r"|automatische antwort)\s*(?:\[\d+\])?\s*:",
    re.IGNORECASE,
)


def places_of(message: Message, where: frozenset[str]) -> frozenset[str]:
    """The parts of this message that `where` names, with NEW_SUBJECT resolved."""
    if NEW_SUBJECT not in where or _CARRIED_OVER.match(message.subject):
        return where
    return where | {"subject"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """Holds if any of the phrases is in the message."""

    nodes: tuple[int, ...]
    where: frozenset[str] = NEW_TEXT
    negated: bool | None = None
    """True: only after a "não" or the like; False: only without one; None: either."""
    outside: tuple[int, ...] = ()
    """Nodes of set phrases: matches within one of them do not count."""

    def finding(self, view: View) -> Finding | None:
        reading = view.reading
        where = places_of(view.message, self.where)
        found = [
            span
            for node in self.nodes
            for span in reading.spans.get(node, ())
            if reading.field_of(span).name in where
            and (self.negated is None or reading.is_negated(span) == self.negated)
        ]
        if found and self.outside:
            found = _not_within(found, reading.spans_of(self.outside))
        if not found:
            return None
        widest = _widest(found) if len(found) > 1 else found
        words = dict.fromkeys([reading.words_at(span) for span in widest])
        places = dict.fromkeys([reading.field_of(span).name for span in widest])
        return Finding(tuple(words), ", ".join(places))


def _not_within(spans: Sequence[Span], set_phrases: Sequence[Span]) -> list[Span]:
    return [
        (begin, end)
        for begin, end in spans
        if not any(first <= begin and end <= last for first, last in set_phrases)
    ]


def _widest(spans: Sequence[Span]) -> list[Span]:
    """The spans that are not within another one, in text order."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda each: (each[0], -each[1])):
        if not kept or span[1] > kept[-1][1]:
            kept.append(span)
    return kept


@dataclass(frozen=True, slots=True)
class Regex:
    """Holds if any of the regular expressions matches; `numbers` are those of the rule set."""

    numbers: tuple[int, ...]
    where: frozenset[str] = NEW_TEXT

    def finding(self, view: View) -> Finding | None:
        where = places_of(view.message, self.where)
        found = [
            each
            for number in self.numbers
            for each in view.regexes.get(number, ())
            if each.where in where
        ]
        return sum(found[1:], found[0]) if found else None


@dataclass(frozen=True, slots=True)
class Only:
    """Holds if the new text consists of these phrases and nothing else: a bare "obrigado,
    Carla!"."""

    nodes: tuple[int, ...]
    others_at_most: int = 0
    """The number of other words that are allowed."""

    def finding(self, view: View) -> Finding | None:
        reading = view.reading
        field = "text" if view.message.text.strip() else "subject"
        said = view.message.text.strip() or view.message.subject.strip()
        if not said or view.message.attachments:
            return None
        covered: set[int] = set()
        for node in self.nodes:
            for begin, end in reading.spans.get(node, ()):
                covered.update(range(begin, end))
        others = 0
        for place, token in enumerate(reading.tokens):
            inside = reading.field_of((place, place + 1)).name == field
            if inside and place not in covered and not token.is_mark:
                others += 1
                if others > self.others_at_most:
                    return None
        return Finding((" ".join(said.split()),), field)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Holds if the text is only keys pressed at random, or with `holds` False if it is not."""

    holds: bool

    def finding(self, view: View) -> Finding | None:
        text = view.message.text.strip() or view.message.subject.strip()
        found = bool(text) and not view.message.attachments and is_gibberish(text)
        return Finding((text,), "text") if found == self.holds else None


@dataclass(frozen=True, slots=True)
class Length:
    """Holds if the number of words in the new text is within these bounds."""

    at_least: int = 0
    at_most: int | None = None

    def finding(self, view: View) -> Finding | None:
        if self.at_least == 0 and self.at_most is None:
            return HOLDS
        reading = view.reading
        count = sum(
            not token.is_mark and reading.field_of((place, place + 1)).name == "text"
            for place, token in enumerate(reading.tokens)
        )
        fits = count >= self.at_least and (self.at_most is None or count <= self.at_most)
        return HOLDS if fits else None


@dataclass(frozen=True, slots=True)
class Fact:
    """Holds if a fact about the message (its channel, …) matches a pattern; `*` is a wildcard."""

    name: str
    patterns: tuple[str, ...]

    def finding(self, view: View) -> Finding | None:
        for value in _FACTS[self.name](view):
            if any(fits(pattern, value.lower()) for pattern in self.patterns):
                return Finding((value,) if value else (), self.name)
        return None


@dataclass(frozen=True, slots=True)
class Header:
    """Holds if a mail header matches a pattern; `*` is a wildcard."""

    name: str
    patterns: tuple[str, ...]

    def finding(self, view: View) -> Finding | None:
        for name, value in view.message.headers:
            if name == self.name and any(
                fits(pattern, value.strip().lower()) for pattern in self.patterns
            ):
                return Finding((f"{name}: {value.strip()}",), "header")
        return None


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Holds if the desk is open, or with `open` False if it is closed."""

    open: bool

    def finding(self, view: View) -> Finding | None:
        return HOLDS if view.surroundings.business_hours == self.open else None


@dataclass(frozen=True, slots=True)
class Every:
    """Holds if all its conditions hold."""

    parts: tuple[Condition, ...]

    def finding(self, view: View) -> Finding | None:
        whole = HOLDS
        for part in self.parts:
            found = part.finding(view)
            if found is None:
                return None
            whole += found
        return whole


@dataclass(frozen=True, slots=True)
class Some:
    """Holds if at least one of its conditions holds."""

    parts: tuple[Condition, ...]

    def finding(self, view: View) -> Finding | None:
        whole: Finding | None = None
        for part in self.parts:
            found = part.finding(view)
            if found is not None:
                whole = found if whole is None else whole + found
        return whole


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Holds if none of its conditions holds."""

    parts: tuple[Condition, ...]

    def finding(self, view: View) -> Finding | None:
        return None if any(part.finding(view) is not None for part in self.parts) else HOLDS


def _sender(view: View) -> Sequence[str]:
    return (view.message.sender.address,) if view.message.sender else ()


def _domain(view: View) -> Sequence[str]:
    """The sender's domain and its parents: rules on `exemplo.com.br` cover
    `mail.exemplo.com.br`."""
    domain = view.message.sender.domain if view.message.sender else ""
    parts = domain.split(".")
    return [".".join(parts[place:]) for place in range(len(parts))] if domain else ()


_FACTS: Mapping[str, Callable[[View], Sequence[str]]] = {
    "channel": lambda view: (view.message.channel.value,),
    "sender": _sender,
    "domain": _domain,
    "recipient": lambda view: [each.address for each in view.message.recipients],
    "service": lambda view: (view.message.fields.get("service", ""),),
    "event": lambda view: (view.message.fields.get("event", ""),),
    "attachment_type": lambda view: [each.content_type for each in view.message.attachments],
    "client_tag": lambda view: sorted(view.surroundings.client_tags),
    "authentication": lambda view: (view.message.authentication.value,),
    "kind": lambda view: (view.kind.value,),
    "request_type": lambda view: (view.request_type or "",),
}
FACTS = frozenset(_FACTS)
"""The names of the facts that rules can test."""
