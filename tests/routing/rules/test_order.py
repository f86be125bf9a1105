"""Nothing depends on the order in which rules, phrases and files are written."""

import random
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.rules.load import load_rules
from routing.rules.problems import RuleSource
from routing.rules.ruleset import RuleSet
from tests.routing.rules.writing import decide, message, rules

VERBS = ("emitir", "cancelar", "trav*", "não consigo", "como >3 emitir", "pagar", "=erro")
NOUNS = ("nota", "boleto ~4 vencido", "@documento", "prefeitura", "guia #", "imposto ?")
PHRASES = (*VERBS, *NOUNS)
TYPES = ("bug", "usage", "tax")

GROUP = ["nota fiscal", "recibo", "nota", "certidão"]
SAID = (
    "não consigo emitir a nota fiscal hoje boleto vencido pagar guia 12 imposto ? . "
    "prefeitura travou erro como cancelar recibo certidões"
)
words_of_a_rule = st.lists(st.sampled_from(PHRASES), min_size=1, max_size=4, unique=True)
a_rule = st.tuples(
    words_of_a_rule,
    st.lists(st.sampled_from(PHRASES), max_size=2, unique=True),
    st.sampled_from(TYPES),
    st.sampled_from(["", "high", "low"]),
    st.sampled_from([-0.3, 0.1, 0.2, 0.3, 0.7, 1.0, 1.1]),
)
texts = st.lists(
    st.sampled_from(SAID.split()),
    max_size=25,
).map(" ".join)
Spec = tuple[list[str], list[str], str, str, float]


def written(specs: Sequence[tuple[int, Spec]], shuffle: random.Random) -> list[str]:
    """The rules as TOML, in some order, each with its phrases in some order."""
    found = []
    for number, (some, none, request_type, priority, weight) in specs:
        keys = [
            f'id = "rule-{number}"',
            f'label = "Regra {number}"',
            f'set = {{ request_type = "{request_type}"'
            + (f', priority = "{priority}" }}' if priority else " }"),
            f"weight = {weight}",
        ]
        shuffle.shuffle(keys)
        parts = [f"{{ any = [{quoted(some, shuffle)}] }}"]
        if none:
            parts.append(f"{{ none = [{quoted(none, shuffle)}] }}")
        shuffle.shuffle(parts)
        found.append("\n".join(["[[rule]]", *keys, f"when.all = [{', '.join(parts)}]", ""]))
    return found


def quoted(phrases: Sequence[str], shuffle: random.Random) -> str:
    """In some order, as entries of a list."""
    return ", ".join(f'"{each}"' for each in shuffle.sample(phrases, len(phrases)))


def load(specs: Sequence[Spec], seed: int) -> RuleSet:
    """The rules in an order of their own, spread over files in an order of their own."""
    shuffle = random.Random(seed)
    numbered = list(enumerate(specs))
    shuffle.shuffle(numbered)
    parts = [f"[phrases]\ndocumento = [{quoted(GROUP, shuffle)}]\n"]
    cut = shuffle.randint(0, len(numbered))
    parts += ["\n".join(written(numbered[:cut], shuffle))]
    parts += ["\n".join(written(numbered[cut:], shuffle))]
    shuffle.shuffle(parts)
    return load_rules([RuleSource(f"{n}.toml", part) for n, part in enumerate(parts)], margin=0.2)


def never_fires(spec: Spec) -> bool:
    """Such a rule is refused."""
    return set(spec[0]) <= set(spec[1])


@given(st.lists(a_rule, min_size=1, max_size=6), texts, st.integers(), st.integers())
@settings(deadline=None, max_examples=150)
def test_shuffled_rules_decide_alike(specs: list[Spec], text: str, one: int, other: int) -> None:
    sound = [spec for spec in specs if not never_fires(spec)]
    first, second = load(sound, one), load(sound, other)
    assert first.fingerprint == second.fingerprint
    said = message(text, subject=text[:20])
    assert decide(first, said) == decide(second, said)


def test_a_tie_is_nobodys() -> None:
    one = '[words.request_type.bug]\n"nota" = 1\n'
    other = '[words.request_type.usage]\n"nota" = 1\n'
    for text in (one + other, other + one):
        decided = decide(rules(text, margin=0.0), "nota")
        assert decided.request_type is None
        assert [each.request_type for each in decided.candidates] == ["bug", "usage"]


def test_weights_whose_sums_depend_on_their_order_do_not() -> None:
    tenths = [f'"p{letter}" = 0.1\n' for letter in "abcdefghij"]
    text = "[words.request_type.bug]\n"
    said = " ".join(f"p{letter}" for letter in "abcdefghij")
    forth = decide(rules(text + "".join(tenths), margin=1.0), said)
    back = decide(rules(text + "".join(reversed(tenths)), margin=1.0), said)
    assert forth == back
    assert forth.request_type == "bug"


BASE = """
[phrases]
documento = ["nota", "recibo"]
[words.request_type.bug]
"trav*" = 1
[[rule]]
id = "r"
label = "Regra"
when = { phrases = ["@documento"], where = ["subject"] }
set.priority = "high"
"""


def test_whatever_decides_is_in_the_fingerprint() -> None:
    changes = (
        ('"recibo"', '"boleto"'),
        ('"recibo"', '"recibo", "boleto"'),
        ('"trav*" = 1', '"trav*" = 2'),
        ('"trav*"', '"trave*"'),
        ("request_type.bug", "request_type.usage"),
        ('["subject"]', '["text"]'),
        ('["subject"]', '["subject"], negated = false'),
        ('"high"', '"low"'),
        ('label = "Regra"', 'label = "Outra"'),
        ('id = "r"', 'id = "s"'),
        ('id = "r"', 'id = "r"\nenabled = false'),
    )
    prints = {rules(BASE.replace(*change)).fingerprint for change in changes}
    prints |= {rules(BASE).fingerprint, rules(BASE, margin=0.6).fingerprint}
    assert len(prints) == len(changes) + 2


def test_what_decides_nothing_is_not_in_the_fingerprint() -> None:
    same = (
        BASE.replace("[phrases]", "# Um comentário\n[phrases]"),
        BASE.replace('["nota", "recibo"]', '["recibo", "nota"]'),
        BASE.replace('"nota"', '"notas"'),
        BASE.replace('label = "Regra"', 'label = "Regra"\nnote = "Pedido da Ana"'),
    )
    assert {rules(text).fingerprint for text in same} == {rules(BASE).fingerprint}
