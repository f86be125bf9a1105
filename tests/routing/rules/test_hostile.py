"""Nothing that anybody writes, in a rules file or in a message, is answered by a traceback."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.rules.folding import tokens_of
from routing.rules.load import load_rules
from routing.rules.phrase import PhraseInvalid, parse_phrase
from routing.rules.problems import RulesInvalid, RuleSource
from tests.routing.rules.writing import decide, fires, message, rules

EVERY_KIND = r"""
[phrases]
documento = ["nota", "nota fiscal", "recibo*"]

[words.request_type.bug]
"trav*" = 1
"nota ~5 emitir ~5 nota" = 1
"@documento ~10 @documento" = 1
"sumiu ?" = 1

[[rule]]
id = "regex"
label = "Regex"
set.tags = ["regex"]
[rule.when]
regex = ['bo+m', '(a|b)*c', '\d+$', '(?:\w+\s?)+!']
where = ["subject", "text", "quoted"]

[[rule]]
id = "random"
label = "Ilegível"
when = { unreadable = true }
set.no_ticket = true

[[rule]]
id = "only"
label = "Só isto"
when = { only = ["@documento", "oi"] }
set.tags = ["only"]

[[rule]]
id = "facts"
label = "Fatos"
when = { any = [{ sender = "*a*a*a*b" }, { header = { subject = "*a*a*a*b" } }] }
set.tags = ["facts"]

[[rule]]
id = "attachment"
label = "Anexo"
when = { phrases = ["@documento"], where = ["attachment", "quoted"], negated = false }
set.tags = ["attachment"]
"""
RULES = rules(EVERY_KIND)


@given(
    st.text(alphabet=st.characters()),
    st.text(alphabet=st.characters()),
    st.text(alphabet=st.characters()),
)
@settings(max_examples=300, deadline=None)
@example("\ud800 bom \udfff", "\x00nota\x00", "ﬃ ½ m² İ ǅ")
@example("a\u0301\u0301\u0301" * 50, "\u202enota", "🧾" * 20)
def test_any_text_is_classified(text: str, subject: str, quoted: str) -> None:
    decided = decide(
        RULES,
        message(
            text, subject=subject, quoted=quoted, files=[(subject, quoted)], sender=subject[:20],
            headers=(("subject", subject),),
        ),
    )  # fmt: skip
    assert decided.fingerprint == RULES.fingerprint


@given(st.text(alphabet="aáàãâbcçdeéêfghiíkmnoóõôpqrstuúvxz AEINOQÇ0123.,!?-\n"))
@settings(max_examples=300, deadline=None)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = [token.word for token in tokens_of(text)]
    assert [token.word for token in tokens_of(" ".join(once))] == once


@given(st.text(alphabet=st.characters()))
@settings(deadline=None)
def test_tokens_point_into_the_text(text: str) -> None:
    places = [(token.start, token.end) for token in tokens_of(text)]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert places == sorted(places)


BIG = 1_000_000
HUGE: dict[str, Callable[[], str]] = {
    "one letter": lambda: "a" * BIG,
    "one word without vowels": lambda: "bcdf" * (BIG // 4),
    "keys of one row": lambda: "asdf" * (BIG // 4),
    "laughter that ends badly": lambda: "ha" * (BIG // 2) + "z",
    "short laughter that ends badly": lambda: ("ahah" * 11 + "z ") * 20_000,
    "letters and dots": lambda: "a." * (BIG // 2),
    "dashes": lambda: "a-" * (BIG // 2),
    "digits and dots": lambda: "1." * (BIG // 2),
    "at signs": lambda: "a@" * (BIG // 2),
    "an address without an end": lambda: "a@" + "b" * BIG,
    "blank lines": lambda: "\n" * BIG,
    "a line of blanks": lambda: "\n" + " " * BIG,
    "question marks": lambda: "?" * BIG,
    "accents": lambda: "\u0301" * BIG,
    "the words of the rules": lambda: "nota emitir nota fiscal " * (BIG // 24),
    "misspelt words": lambda: " ".join(f"travamentx{n:x}" for n in range(BIG // 16)),
    "many different words": lambda: " ".join(f"{n:x}g" for n in range(BIG // 6)),
    "links": lambda: "https://a " * (BIG // 10),
    "near misses of the expressions": lambda: "ab" * (BIG // 2),
    "stars": lambda: "*a" * (BIG // 2),
    "one sentence of noughts": lambda: "\0" * BIG,
}
PATIENCE = 20
"""Seconds: generous for a loaded machine, and nothing to what a quadratic search would take."""


@pytest.mark.parametrize("name", HUGE)
@pytest.mark.timeout(PATIENCE)
def test_a_megabyte_is_classified_in_linear_time(name: str) -> None:
    text = HUGE[name]()
    decide(
        RULES,
        message(text, subject=text, quoted=text, sender=text, headers=(("subject", text),)),
    )


def test_what_stands_far_into_a_text_is_not_looked_at() -> None:
    assert fires(RULES, "blá " * 4_000 + "travou")
    assert not fires(RULES, "blá " * 6_000 + "travou")


def test_words_of_any_length_leave_the_caches_small() -> None:
    for token in tokens_of(f"{'x' * 500}y {'9' * 500}"):
        assert len(token.word) <= 48


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
