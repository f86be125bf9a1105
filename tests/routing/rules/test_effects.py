"""What rules set, and what becomes of it when they disagree."""

import pytest

from routing.rules.classification import Surroundings
from tests.routing.rules.writing import decide, message, rules, when


@pytest.mark.parametrize(
    ("effect", "name", "value"),
    [
        ('request_type = "bug"', "request_type", "bug"),
        ('service = "cnd"', "service", "cnd"),
        ('priority = "high"', "priority", "high"),
        ('priority = "low"', "priority", "low"),
        ('kind = "internal"', "kind", "internal"),
        ('level = "N2"', "level", "N2"),
        ('owner = "ana.n0"', "owner", "ana.n0"),
        ('tags = ["b", "a", "b"]', "tags", ("a", "b")),
        ('tags = "vip"', "tags", ("vip",)),
        ('language = "en"', "language", "en"),
        ("no_ticket = true", "opens_ticket", False),
        ("no_ticket = true", "acknowledge", False),
        ("no_acknowledgement = true", "acknowledge", False),
        ('request_type = "none"', "opens_ticket", False),
    ],
)
def test_a_rule_sets_what_it_says(effect: str, name: str, value: object) -> None:
    found = when('["nota"]', effect)
    assert getattr(decide(found, "a nota"), name) == value
    assert getattr(decide(found, "o recibo"), name) != value


def test_a_greeting_opens_no_ticket_and_is_answered() -> None:
    found = when('{ only = ["bom dia"] }', "no_ticket = true, no_acknowledgement = false")
    decided = decide(found, "Bom dia!")
    assert not decided.opens_ticket
    assert decided.acknowledge


def test_what_no_rule_says_stays_as_the_procedure_has_it() -> None:
    decided = decide(when('["nota"]'), "oi")
    assert decided.request_type is None
    assert (decided.kind.value, decided.priority.value) == ("client", "medium")
    assert decided.opens_ticket
    assert decided.acknowledge
    assert (decided.service, decided.level, decided.owner) == (None, None, None)
    assert decided.language == "pt-BR"
    assert decided.evidence == decided.candidates == ()


def test_what_opens_no_ticket_has_no_type_service_level_or_owner() -> None:
    found = rules(
        """
        [[rule]]
        id = "thanks"
        label = "Só agradece"
        when = ["obrigado"]
        set = { no_ticket = true, tags = ["thanks"] }
        weight = 5
        [[rule]]
        id = "nota"
        label = "Nota"
        when = ["nota"]
        set = { service = "cnd", level = "N1", owner = "ana" }
        """
    )
    decided = decide(found, "obrigado pela nota")
    assert not decided.opens_ticket
    assert decided.request_type is None
    assert (decided.service, decided.level, decided.owner) == (None, None, None)
    assert decided.tags == ("thanks",)


def test_a_rule_overrules_who_is_asking() -> None:
    around = Surroundings(own_domains=frozenset({"r3izzy.com.br"}))
    found = when('{ sender = "cobaia@r3izzy.com.br" }', 'kind = "client"')
    assert decide(found, message("oi", sender="cobaia@r3izzy.com.br"), around).kind == "client"
    assert decide(found, message("oi", sender="ana@r3izzy.com.br"), around).kind == "internal"


WORDS = """
[words.request_type.bug]
"trav*" = 1
"erro" = 1
"como" = -1

[words.request_type.usage]
"como" = 1

[words.request_type.tax]
"imposto" = 0.4

[words.priority.high]
"urgente" = 1
[words.priority.low]
"sem pressa" = 1

[words.level.N1]
"analista" = 1
[words.level.N2]
"especialista" = 1.5
"""


@pytest.mark.parametrize(
    ("said", "request_type", "candidates"),
    [
        ("travou", "bug", {"bug": 1}),
        ("travou com erro", "bug", {"bug": 2}),
        ("como faço", "usage", {"usage": 1}),
        ("como travou com erro", None, {"usage": 1, "bug": 1}),
        ("imposto", None, {"tax": 0.4}),
        ("imposto e erro", "bug", {"bug": 1, "tax": 0.4}),
        ("travou, erro, imposto", "bug", {"bug": 2, "tax": 0.4}),
        ("boa tarde", None, {}),
    ],
)
def test_weights_add_up_and_the_best_wins_by_the_margin(
    said: str, request_type: str | None, candidates: dict[str, float]
) -> None:
    decided = decide(rules(WORDS), said)
    assert decided.request_type == request_type
    assert {each.request_type: each.score for each in decided.candidates} == candidates
    scores = [each.score for each in decided.candidates]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("margin", "said", "request_type"),
    [
        (0.0, "imposto", "tax"),
        (0.4, "imposto", "tax"),
        (0.5, "imposto", None),
        (0.6, "imposto e erro", "bug"),
        (0.7, "imposto e erro", None),
        (0.0, "como travou com erro", None),
    ],
)
def test_the_margin_is_the_settings(margin: float, said: str, request_type: str | None) -> None:
    assert decide(rules(WORDS, margin=margin), said).request_type == request_type


def test_what_speaks_against_a_type_makes_no_other_win() -> None:
    found = rules('[words.request_type.bug]\n"trava" = -3\n')
    decided = decide(found, "trava")
    assert decided.request_type is None
    assert decided.candidates == ()


def test_no_ticket_needs_the_margin_too() -> None:
    text = (
        '[words.request_type.bug]\n"travou" = 1\n'
        '[[rule]]\nid = "r"\nlabel = "r"\nwhen = ["obrigado"]\n'
        "set.no_ticket = true\nweight = 1.2\n"
    )
    decided = decide(rules(text), "travou, obrigado")
    assert decided.opens_ticket
    assert decided.request_type is None
    assert [each.request_type for each in decided.candidates] == ["bug"]
    assert not decide(rules(text, margin=0.1), "travou, obrigado").opens_ticket


@pytest.mark.parametrize(
    ("said", "priority"),
    [
        ("urgente", "high"),
        ("sem pressa", "low"),
        ("urgente, sem pressa", "high"),
        ("nada disso", "medium"),
    ],
)
def test_priority_is_weighed_and_the_more_urgent_wins_a_tie(said: str, priority: str) -> None:
    assert decide(rules(WORDS), said).priority == priority


def test_the_heaviest_level_wins() -> None:
    decided = decide(rules(WORDS), "um analista ou um especialista")
    assert decided.level == "N2"


def test_what_a_losing_rule_sets_beside_its_type_is_void() -> None:
    found = rules(
        """
        [[rule]]
        id = "bug"
        label = "Erro"
        when = ["erro"]
        set = { request_type = "bug", priority = "high", tags = ["erro"] }
        weight = 1
        [[rule]]
        id = "tax"
        label = "Imposto"
        when = ["imposto"]
        set = { request_type = "tax", tags = ["imposto"] }
        weight = 3
        [[rule]]
        id = "app"
        label = "App"
        when = ["app"]
        set.tags = ["app"]
        """
    )
    decided = decide(found, "erro no imposto, no app")
    assert decided.request_type == "tax"
    assert decided.priority == "medium"
    assert decided.tags == ("app", "imposto")


def test_the_heavier_rule_says_whether_the_client_gets_an_answer() -> None:
    found = rules(
        """
        [[rule]]
        id = "silent"
        label = "Sem resposta"
        when = ["alerta"]
        set.no_acknowledgement = true
        weight = 1
        [[rule]]
        id = "loud"
        label = "Com resposta"
        when = ["cliente"]
        set.no_acknowledgement = false
        weight = 2
        """
    )
    assert not decide(found, "alerta").acknowledge
    assert decide(found, "alerta de cliente").acknowledge


def test_the_evidence_tells_every_rule_that_fired_heaviest_first() -> None:
    decided = decide(rules(WORDS), "como travou com erro, um especialista?")
    told = [(each.rule, each.words, each.effect, each.weight) for each in decided.evidence]
    assert told == [
        ("level.N2: especialista", ("especialista",), "level=N2", 1.5),
        ("request_type.bug: como", ("como",), "request_type=bug", -1.0),
        ("request_type.bug: erro", ("erro",), "request_type=bug", 1.0),
        ("request_type.bug: trav*", ("travou",), "request_type=bug", 1.0),
        ("request_type.usage: como", ("como",), "request_type=usage", 1.0),
    ]
