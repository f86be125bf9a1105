"""The shipped rules on labelled messages, and the conventions by which they are labelled."""

from functools import cache
from pathlib import Path

import pytest

from intake.cli.labelled import read_labelled
from routing.rules.classification import Surroundings
from routing.rules.evaluation import Score, evaluate, score
from routing.rules.load import load_rules
from routing.rules.ruleset import RuleSet
from routing.rules.shipped import shipped_rules

FOLDER = Path(__file__).parents[2] / "labelled"
SURROUNDINGS = Surroundings(own_domains=frozenset({"r3izzy.com.br"}))
SETS = ("a", "b", "c")


@cache
def shipped() -> RuleSet:
    return load_rules(shipped_rules())


@cache
def result(name: str) -> Score:
    messages = read_labelled(FOLDER / f"{name}.jsonl")
    return score(messages, list(evaluate(shipped(), messages, SURROUNDINGS)))


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("field", "floor"), [("request_type", 0.93), ("priority", 0.95)])
def test_the_shipped_rules_stay_as_right_as_they_were(name: str, field: str, floor: float) -> None:
    assert result(name).accuracy[field] >= floor


@pytest.mark.parametrize("name", SETS)
def test_who_is_of_the_house_is_always_known(name: str) -> None:
    assert result(name).accuracy["kind"] == 1
