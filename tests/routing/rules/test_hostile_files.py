"""Whatever stands in a rules file, it is loaded, or refused in one line for each problem."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.rules.load import load_rules
from routing.rules.phrase import PhraseInvalid, parse_phrase
from routing.rules.problems import RulesInvalid, RuleSource
from tests.routing.rules.test_hostile import EVERY_KIND
from tests.routing.rules.writing import decide, message, rules

SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.text(alphabet=st.characters(), max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.sampled_from(["bug", "N1", "high", "nota ~5 emitir", "trav*", "@x", "=um", "a.b", "~5"]),
)
KEYS = st.one_of(
    st.sampled_from(
        [
            "any", "all", "none", "phrases", "regex", "where", "negated", "only", "header",
            "unreadable", "business_hours", "words_at_least", "words_at_most", "channel",
            "sender", "domain", "request_type", "kind", "authentication", "priority", "tags",
            "no_ticket", "no_acknowledgement", "level", "owner", "service", "language",
        ]
    ),
    st.text(alphabet=st.characters(), max_size=8),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
RULE = st.fixed_dictionaries(
    {},
    optional={
        "id": SCALARS,
        "label": SCALARS,
        "when": VALUES,
        "set": VALUES,
        "weight": SCALARS,
        "enabled": SCALARS,
        "wehn": VALUES,
    },
)
FILE = st.fixed_dictionaries(
    {},
    optional={
        "phrases": st.one_of(VALUES, st.dictionaries(st.sampled_from("xyz"), VALUES)),
        "words": st.one_of(
            VALUES,
            st.dictionaries(KEYS, st.dictionaries(SCALARS.map(str), VALUES, max_size=3)),
        ),
        "rule": st.one_of(VALUES, st.lists(RULE, max_size=4)),
        "other": VALUES,
    },
)


def toml(value: Any) -> str:
    """A value as TOML on one line."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return f"{{ {', '.join(f'{toml(str(k))} = {toml(v)}' for k, v in value.items())} }}"
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case str():
            signs = (
                sign if sign.isprintable() and sign not in '"\\' else f"\\U{ord(sign):08x}"
                for sign in value
                if not "\ud800" <= sign <= "\udfff"
            )
            return f'"{"".join(signs)}"'
        case _:
            return str(value)


def load(*texts: str) -> None:
    """Load, and classify with what was loaded, or see that each problem is one line."""
    sources = [
        RuleSource(f"{number}.toml", text, overrides=number > 0)
        for number, text in enumerate(texts)
    ]
    try:
        found = load_rules(sources)
    except RulesInvalid as error:
        refused = error.problems
    else:
        decide(found, message("nota emitir travou", subject="um"))
        return
    assert refused
    for problem in refused:
        assert "\n" not in str(problem)
        assert problem.line >= 1
        assert problem.message


@given(st.lists(FILE, min_size=1, max_size=2))
@settings(max_examples=400, deadline=None)
def test_loading_raises_nothing_but_rules_invalid(files: list[dict[str, Any]]) -> None:
    load(*("\n".join(f"{key} = {toml(value)}" for key, value in file.items()) for file in files))


@given(st.text(alphabet=st.characters()))
@settings(max_examples=200, deadline=None)
def test_text_that_is_no_toml_raises_nothing_but_rules_invalid(text: str) -> None:
    load(text)
    load(EVERY_KIND, text)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5_000,
        "a = " + "[" * 300 + "]" * 300,
        "rule = [" + "{ when = { any = [" * 90 + "]}" * 90 + "}]",
        "a = " + "9" * 5_000,
        "[words.request_type.bug]\n'x' = " + "9" * 400,
        "[[rule]]\nid = 'a'\nlabel = 'b'\nwhen = 'x'\nset.level = 'N1'\nweight = " + "9" * 400,
        "\ufeffa = 1",
        "a = '\ud800'",
    ],
)
def test_monstrous_files_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(RulesInvalid) as refused:
        rules(text)
    assert all(str(problem).count("\n") == 0 for problem in refused.value.problems)


@given(st.text(alphabet=st.sampled_from("nota ~>5#?*=@.é-\nR$ \ud800"), max_size=30))
@settings(max_examples=500, deadline=None)
def test_any_phrase_is_read_or_refused(text: str) -> None:
    with suppress(PhraseInvalid):
        parse_phrase(text)
