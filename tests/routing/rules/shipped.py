"""The shipped rules at work, for tests."""

from functools import cache

from intake.cli.labelled import labelled
from intake.settings.routing import Rules
from routing.rules.classification import Classification, Surroundings
from routing.rules.load import load_rules
from routing.rules.ruleset import RuleSet
from routing.rules.shipped import shipped_rules

SURROUNDINGS = Surroundings(own_domains=frozenset({"r3izzy.com.br"}))


@cache
def shipped() -> RuleSet:
    return load_rules(shipped_rules(), margin=Rules().margin)


def decide(text: str, *, channel: str = "whatsapp", subject: str = "") -> Classification:
    """What the shipped rules make of a client's message."""
    row = {"id": "x", "channel": channel, "subject": subject, "text": text}
    row["sender"] = "bia@exemplo.com.br" if channel == "email" else "+5511955500000"
    row |= {"request_type": "", "kind": "", "priority": ""}
    return shipped().classify(labelled(row).message, SURROUNDINGS)
