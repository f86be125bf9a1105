"""A rule: its condition, its effects and its weight."""

from dataclasses import dataclass, field

from routing.rules.conditions import Condition

NO_TICKET = "none"
"""In place of a request type: the message asks for nothing and opens no ticket."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effects:
    """What a rule sets if it fires. None: the rule does not set that field."""

    request_type: str | None = None
    """An id of the SLA table in the settings, or NO_TICKET."""
    service: str | None = None
    priority: str | None = None
    kind: str | None = None
    level: str | None = None
    owner: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    acknowledge: bool | None = None
    opens_ticket: bool = False
    """If set, votes for NO_TICKET do not count: the message opens a ticket."""

    def __str__(self) -> str:
        said = [f"{name}={value}" for name in VOTED if (value := getattr(self, name)) is not None]
        if self.request_type == NO_TICKET:
            said[0] = "no_ticket"
        if self.opens_ticket:
            said.append("opens_ticket")
        said += [f"tag={tag}" for tag in self.tags]
        if self.acknowledge is not None:
            said.append("acknowledge" if self.acknowledge else "no_acknowledgement")
        return ", ".join(said)


VOTED = ("request_type", "service", "priority", "kind", "level", "owner", "language")
"""The fields that are decided by weight if rules disagree."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A compiled rule."""

    id: str
    label: str
    condition: Condition
    effects: Effects
    weight: float
    proves_no_ticket: bool = False
    """Whether it proves that nothing is asked for; without such a rule, NO_TICKET cannot win."""
    after_decision: bool = False
    """Whether it tests the decided request type, so that it is tested after the decision."""
    triggers: frozenset[int] | None = None
    """It fires only if one of these phrases or regular expressions was found (`triggers_of`)."""
    votes: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)
    """Its effects that are decided by weight: ("request_type", "bug"), …"""
    effect: str = field(init=False, repr=False, compare=False)
    """Its effects in short form. `votes` and `effect` are computed once, not for each message."""

    def __post_init__(self) -> None:
        votes = (
            (what, value) for what in VOTED if (value := getattr(self.effects, what)) is not None
        )
        object.__setattr__(self, "votes", tuple(votes))
        object.__setattr__(self, "effect", str(self.effects))
