"""What the rules decided of one message, and on what evidence."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from routing.vocabulary import Kind, Priority


class Evidence(NamedTuple):
    """One rule that fired. A named tuple, since a message has hundreds of them."""

    rule: str
    label: str
    words: tuple[str, ...]
    """The words of the message on which it fired, as they stand there."""
    where: str
    """`subject`, `text`, `attachment`, `sender`, …"""
    effect: str
    """What it set, in short: `request_type=bug`, `priority=high`, …"""
    weight: float

    def as_json(self) -> dict[str, Any]:
        """For the ticket's trace and for `--json`."""
        return {**self._asdict(), "words": list(self.words)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A request type that some rules spoke for, with the sum of their weights."""

    request_type: str
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Classification:
    """The rules' decision. `request_type` is None where no rule was sure enough."""

    request_type: str | None
    kind: Kind
    priority: Priority
    opens_ticket: bool = True
    acknowledge: bool = True
    no_ticket_refused: bool = False
    """The weights said that nothing is asked for; for want of evidence, or because a rule says
    `opens_ticket`, a ticket is opened all the same."""
    service: str | None = None
    level: str | None = None
    """A level that a rule asks for, instead of the request type's own."""
    owner: str | None = None
    """The login of a person that a rule asks for."""
    tags: tuple[str, ...] = ()
    language: str = "pt-BR"
    candidates: tuple[Candidate, ...] = ()
    """Best first."""
    evidence: tuple[Evidence, ...] = ()
    fingerprint: str = ""
    """Of the whole rule set that decided: same fingerprint, same rules."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What a rule may ask of the world around a message. Plain values, no look-ups."""

    own_domains: frozenset[str] = frozenset()
    """The organisation's mail domains: their senders are *internal*."""
    people: frozenset[str] = frozenset()
    """Addresses (e-mail, E.164) of everybody on the roster: *internal* too."""
    business_hours: bool = True
    client_tags: frozenset[str] = frozenset()
    """What the desk files the client under, as it was when they wrote before."""
