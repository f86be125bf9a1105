"""Whatever stands in a message, it is classified, and soon."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from routing.rules.folding import tokens_of
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


@given(st.text(alphabet="aáàãâbcçdeéêfghiíkmnoóõôpqrstuúvxz AEINOQÇ0123.,!?-\n"))
@example("Por quê? O pró-labore e o carnê-leão não vêm")
@settings(deadline=None)
def test_accents_may_be_letters_of_their_own(text: str) -> None:
    composed = [token.word for token in tokens_of(text)]
    decomposed = [token.word for token in tokens_of(unicodedata.normalize("NFD", text))]
    assert composed == decomposed


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
