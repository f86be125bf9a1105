"""Measures the rules' cost per message as the number of their phrases grows from 50 to 5,000.

    python -m bench.rules

Prints one JSON object. Phrases and texts are made from a seed: Portuguese verbs, things and
circumstances, some in proximity patterns, some with open endings, some in lists. Each text is 2 KB
and holds phrases of both rule sets, so that matching and weighing are measured, and not only
searching. Times are processor time: the median of several rounds in which the rule sets take turns.
"""

import json
import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.rules_corpus import phrases_of, rules_text, texts_of
from routing.message import Address, Message
from routing.rules.classification import Surroundings
from routing.rules.load import load_rules
from routing.rules.problems import RuleSource
from routing.rules.ruleset import RuleSet
from routing.rules.shipped import shipped_rules
from routing.vocabulary import Channel

SEED = 20261124
FEW, MANY = 50, 5_000
MESSAGES = 300
TEXT_BYTES = 2_048
ROUNDS = 7
MOST_RATIO = 2.0
MOST_MS = 1.0


def main() -> None:
    """Measure and print."""
    chance = random.Random(SEED)
    phrases = phrases_of(MANY, chance)
    texts = texts_of(MESSAGES, TEXT_BYTES, phrases[:FEW], phrases, chance)
    messages = [_message(text) for text in texts]
    sets: dict[str, RuleSet] = {}
    load_seconds: dict[str, float] = {}
    for name, sources in (
        (str(FEW), [RuleSource("few.toml", rules_text(phrases[:FEW]))]),
        (str(MANY), [RuleSource("many.toml", rules_text(phrases))]),
        ("shipped", list(shipped_rules())),
    ):
        started = time.process_time()
        sets[name] = load_rules(sources)
        load_seconds[name] = time.process_time() - started
    spent = _measured(sets, messages)
    few, many = spent[str(FEW)], spent[str(MANY)]
    found = {
        "text_bytes": TEXT_BYTES,
        "messages": MESSAGES,
        "seed": SEED,
        "rule_sets": {
            name: {
                "phrases": len(sets[name].book.atoms) + len(sets[name].book.pairs),
                "rules": len(sets[name].rules),
                "rules_fired_per_message": round(_fired(sets[name], messages), 2),
                "ms_per_message": round(spent[name] * 1000, 4),
                "load_seconds": round(load_seconds[name], 3),
            }
            for name in sets
        },
        "ratio": round(many / few, 3),
        "targets": {
            "ratio_below": MOST_RATIO,
            "ms_below": MOST_MS,
            "met": many / few < MOST_RATIO and many * 1000 < MOST_MS,
        },
    }
    print(json.dumps(found, indent=1))


def _message(text: str) -> Message:
    return Message(
        channel=Channel.EMAIL,
        received_at=datetime(2026, 11, 24, 13, 0, tzinfo=UTC),
        sender=Address(address="bia@exemplo.com.br"),
        subject=text[:40],
        text=text,
    )


def _measured(sets: dict[str, RuleSet], messages: Sequence[Message]) -> dict[str, float]:
    """Seconds per message, by rule set."""
    for rules in sets.values():
        _spend(rules, messages)
    rounds = [
        {name: _spend(rules, messages) for name, rules in sets.items()} for _ in range(ROUNDS)
    ]
    return {name: statistics.median(each[name] for each in rounds) for name in sets}


def _spend(rules: RuleSet, messages: Sequence[Message]) -> float:
    around = Surroundings()
    started = time.process_time()
    for message in messages:
        rules.classify(message, around)
    return (time.process_time() - started) / len(messages)


def _fired(rules: RuleSet, messages: Sequence[Message]) -> float:
    around = Surroundings()
    return statistics.mean(len(rules.classify(each, around).evidence) for each in messages)


if __name__ == "__main__":
    main()
