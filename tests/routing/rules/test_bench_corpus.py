"""What the bench of the rules measures is what it says."""

import random

from bench.rules_corpus import phrases_of, rules_text, texts_of
from tests.routing.rules.writing import decide, rules


def test_phrases_are_different_and_the_same_for_the_same_seed() -> None:
    phrases = phrases_of(5_000, random.Random(1))
    assert len(set(phrases)) == 5_000
    assert phrases == phrases_of(5_000, random.Random(1))


def test_texts_have_their_size_and_hold_phrases_of_both_rule_sets() -> None:
    chance = random.Random(1)
    phrases = phrases_of(500, chance)
    few, many = phrases[:50], phrases
    texts = texts_of(20, 2_048, few, many, chance)
    assert all(2_040 <= len(text.encode()) <= 2_048 for text in texts)
    for chosen in (few, many):
        found = rules(rules_text(chosen))
        fired = [len(decide(found, text).evidence) for text in texts]
        assert min(fired) >= 1
