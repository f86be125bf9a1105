"""A rule: what it looks for, what it sets, how sure it is."""

from dataclasses import dataclass, field

from routing.rules.conditions import Condition

NO_TICKET = "none"
"""Where rules speak of request types: that the message asks for nothing and opens no ticket."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Effects:
    """What a rule sets where it fires. None: it says nothing about that."""

    request_type: str | None = None
    """An id of the settings' table, or NO_TICKET."""
    service: str | None = None
    priority: str | None = None
    kind: str | None = None
    level: str | None = None
    owner: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    acknowledge: bool | None = None
    opens_ticket: bool = False
    """Whatever speaks for NO_TICKET does not count: the message opens a ticket."""

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
"""Of what a rule sets, that which weights decide when rules disagree."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule, ready to be asked."""

    id: str
    label: str
    condition: Condition
    effects: Effects
    weight: float
    proves_no_ticket: bool = False
    """It is evidence that nothing is asked for; without any, NO_TICKET cannot win."""
    after_decision: bool = False
    """It asks for the decided request type, so it is looked at after the decision."""
    triggers: frozenset[int] | None = None
    """It cannot fire unless one of these phrases or regular expressions was found; None: it may."""
    votes: tuple[tuple[str, str], ...] = field(init=False, repr=False, compare=False)
    """What of its effects is weighed: ("request_type", "bug"), …"""
    effect: str = field(init=False, repr=False, compare=False)
    """Its effects in short. Both are made once, not for each message."""

    def __post_init__(self) -> None:
        votes = (
            (what, value) for what in VOTED if (value := getattr(self.effects, what)) is not None
        )
        object.__setattr__(self, "votes", tuple(votes))
        object.__setattr__(self, "effect", str(self.effects))
