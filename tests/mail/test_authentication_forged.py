"""What a sender can put into Authentication-Results changes nothing of what the server said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.channels.email.reading.authentication import verdict
from routing.vocabulary import Authentication

FAIL, NONE, PASS = Authentication.FAIL, Authentication.NONE, Authentication.PASS
OURS = "mx.r3izzy.com.br"


def said(*values: str) -> Authentication:
    fields = [("authentication-results", value) for value in values]
    return verdict(fields, trusted=(OURS,), from_domain="exemplo.com.br")


@pytest.mark.parametrize(
    "statement",
    [
        'spf=pass smtp.mailfrom="a;dmarc=pass;b"@evil.com; dmarc=fail header.from=exemplo.com.br',
        'spf=pass smtp.mailfrom="a\\";dmarc=pass;b"@evil.com; dmarc=fail',
        "spf=pass (a (b) ; dmarc=pass) smtp.mailfrom=x@evil.com; dmarc=fail",
        'dkim=fail reason="x; dmarc=pass"; dmarc=fail (p=REJECT) header.from=exemplo.com.br',
        "dmarc=pass header.from=exemplo.com.br; dmarc=fail header.from=exemplo.com.br",
    ],
)
def test_a_fail_stays_a_fail(statement: str) -> None:
    assert said(f"{OURS} 1; {statement}") is FAIL


@pytest.mark.parametrize(
    "statement",
    [
        'spf=pass smtp.mailfrom="a; dmarc=pass',
        "spf=pass (never ends; dmarc=pass",
        "dmarc=pass header.from=exemplo.com.br extra words",
        "dmarc=pass; =?utf-8?q?=3Bdmarc=3Dpass?=",
        "dmarc=pass " + "header.x=y " * 2_000,
        "(" * 50 + ")" * 50 + "dmarc=pass",
    ],
)
def test_what_breaks_the_grammar_is_no_pass(statement: str) -> None:
    assert said(f"{OURS}; {statement}") is NONE
    assert said(f"{OURS}; dmarc=pass", f"{OURS}; {statement}") is NONE


ANY = st.text(
    st.sampled_from('abc =;()."\\@/?<>') | st.characters(min_codepoint=32, max_codepoint=126),
    max_size=40,
) | st.sampled_from(("dmarc=pass", ";dmarc=pass;", '";dmarc=pass;"', ") dmarc=pass ("))


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def comment(text: str) -> str:
    return "(" + "".join(f"\\{c}" if c in "()\\" else c for c in text) + ")"


@given(ANY, ANY, ANY, st.sampled_from((FAIL, NONE, PASS)))
def test_the_senders_words_never_count(
    local: str, remark: str, reason: str, stated: Authentication
) -> None:
    value = (
        f"{OURS} 1 {comment(remark)}; spf=fail reason={quoted(reason)}"
        f" smtp.mailfrom={quoted(local)}@evil.com; dmarc={stated.value} {comment(remark)}"
        " header.from=exemplo.com.br"
    )
    assert said(value) is stated


@given(ANY)
def test_what_a_server_does_not_quote_never_makes_a_pass_of_a_fail(bare: str) -> None:
    value = f"{OURS}; spf=fail smtp.mailfrom={bare}@evil.com; dmarc=fail header.from=exemplo.com.br"
    assert said(value) is not PASS
