"""The rules' decision on one message, with its evidence."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from routing.vocabulary import Kind, Priority


class Evidence(NamedTuple):
    """A rule that fired on a message. A named tuple, since a message has hundreds of them."""

    rule: str
    label: str
    words: tuple[str, ...]
    """The words on which it fired, as written in the message."""
    where: str
    """`subject`, `text`, `attachment`, `sender`, …"""
    effect: str
    """What it set, in short form: `request_type=bug`, `priority=high`, …"""
    weight: float

    def as_json(self) -> dict[str, Any]:
        """A dictionary for the ticket's trace and for `--json`."""
        return {**self._asdict(), "words": list(self.words)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A request type that rules voted for, with the sum of their weights."""

    request_type: str
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Classification:
    """The rules' decision. `request_type` is None if no request type leads by enough."""

    request_type: str | None
    kind: Kind
    priority: Priority
    opens_ticket: bool = True
    acknowledge: bool = True
    no_ticket_refused: bool = False
    """True if the weights were for no ticket but one is opened all the same: no rule proves that
    nothing is asked for, or a rule sets `opens_ticket`."""
    service: str | None = None
    level: str | None = None
    """The level set by a rule, instead of the request type's own."""
    owner: str | None = None
    """The login of the person set by a rule."""
    tags: tuple[str, ...] = ()
    language: str = "pt-BR"
    candidates: tuple[Candidate, ...] = ()
    """Best first."""
    evidence: tuple[Evidence, ...] = ()
    fingerprint: str = ""
    """The fingerprint of the rule set that decided: same fingerprint, same rules."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """What rules can test beside the message itself. Plain values, no look-ups."""

    own_domains: frozenset[str] = frozenset()
    """The firm's mail domains: their senders are *internal*."""
    people: frozenset[str] = frozenset()
    """Addresses (e-mail, E.164) of everybody on the roster, who are *internal* too."""
    business_hours: bool = True
    client_tags: frozenset[str] = frozenset()
    """The client's tags at the desk, as they were when the client last wrote."""
