"""Rules and messages for tests, in few words."""

from datetime import UTC, datetime
from typing import Any

from routing.message import Address, Attachment, Message
from routing.rules.classification import Classification, Surroundings
from routing.rules.load import load_rules
from routing.rules.problems import RuleSource
from routing.rules.ruleset import RuleSet
from routing.vocabulary import Channel

RECEIVED = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def rules(*texts: str, **options: Any) -> RuleSet:
    """The first text as the shipped file, the others as operators' files."""
    sources = [
        RuleSource(f"{number}.toml", text, overrides=number > 0)
        for number, text in enumerate(texts)
    ]
    return load_rules(sources, **options)


def when(condition: str, effect: str = 'request_type = "bug"', weight: float = 1.0) -> RuleSet:
    """One rule, of id `r`, with that condition."""
    return rules(
        f'[[rule]]\nid = "r"\nlabel = "Regra"\nwhen = {condition}\n'
        f"set = {{ {effect} }}\nweight = {weight}\n"
    )


def phrase(text: str) -> RuleSet:
    """One rule that looks for one phrase."""
    return when(f"['''{text}''']")


def message(text: str = "", *, sender: str = "bia@exemplo.com.br", **values: Any) -> Message:
    """A message from a client; `files` are names of attachments, `to` recipients."""
    given: dict[str, Any] = {"channel": Channel.EMAIL, "received_at": RECEIVED, **values}
    if (files := given.pop("files", None)) is not None:
        given["attachments"] = tuple(
            Attachment(name=name, content_type=content_type, content=b"x")
            for name, content_type in files
        )
    if (to := given.pop("to", None)) is not None:
        given["recipients"] = tuple(Address(address=each) for each in to)
    return Message(text=text, sender=Address(address=sender) if sender else None, **given)


def decide(
    found: RuleSet, said: str | Message, surroundings: Surroundings | None = None
) -> Classification:
    """What the rules make of a message."""
    whole = message(said) if isinstance(said, str) else said
    return found.classify(whole, surroundings or Surroundings())


def fires(found: RuleSet, said: str | Message, surroundings: Surroundings | None = None) -> bool:
    """Whether any rule fires on a message."""
    return bool(decide(found, said, surroundings).evidence)


def words(found: RuleSet, said: str | Message) -> tuple[str, ...]:
    """The words on which the only rule fires."""
    [evidence] = decide(found, said).evidence
    return evidence.words
