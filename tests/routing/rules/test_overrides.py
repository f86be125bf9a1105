"""An operator's file on top of the shipped ones: adds, replaces, switches off."""

import pytest

from routing.rules.problems import RulesInvalid
from tests.routing.rules.writing import decide, fires, rules

SHIPPED = """
[phrases]
documento = ["nota", "recibo"]

[words.request_type.bug]
"trav*" = 1
"erro" = 1

[[rule]]
id = "nota"
label = "Nota"
when = ["@documento"]
set.request_type = "accounting_service"

[[rule]]
id = "thanks"
label = "Agradece"
when = { only = ["obrigado"] }
set.no_ticket = true
"""


def test_a_new_rule_stands_beside_the_shipped_ones() -> None:
    own = """
    [[rule]]
    id = "boleto"
    label = "Boleto"
    when = ["boleto"]
    set.request_type = "contract"
    """
    found = rules(SHIPPED, own)
    assert decide(found, "o boleto").request_type == "contract"
    assert decide(found, "a nota").request_type == "accounting_service"


def test_a_rule_of_the_same_id_replaces_the_shipped_one_whole() -> None:
    own = """
    [[rule]]
    id = "nota"
    label = "Nota, aqui"
    when = ["boleto"]
    set.request_type = "usage"
    """
    found = rules(SHIPPED, own)
    assert decide(found, "o boleto").request_type == "usage"
    assert not fires(found, "a nota")


def test_a_shipped_rule_is_switched_off_and_on_by_its_id() -> None:
    off = '[[rule]]\nid = "nota"\nenabled = false\n'
    assert not fires(rules(SHIPPED, off), "a nota")
    assert fires(rules(SHIPPED, off, off.replace("false", "true")), "a nota")


def test_a_list_of_phrases_grows_and_shrinks() -> None:
    own = '[phrases]\ndocumento = { add = ["boleto"], remove = ["recibo"] }\n'
    found = rules(SHIPPED, own)
    assert fires(found, "o boleto")
    assert fires(found, "a nota")
    assert not fires(found, "o recibo")


def test_a_list_of_phrases_is_replaced() -> None:
    found = rules(SHIPPED, '[phrases]\ndocumento = ["guia"]\n')
    assert fires(found, "a guia")
    assert not fires(found, "a nota")


def test_a_word_gets_another_weight_or_none() -> None:
    own = '[words.request_type.bug]\n"trav*" = 3\n"erro" = 0\n'
    found = rules(SHIPPED, own)
    [travou] = decide(found, "travou com erro").evidence
    assert travou.weight == 3


def test_a_word_is_the_same_with_other_accents_and_capitals() -> None:
    shipped = '[words.request_type.bug]\n"não abre" = 1\n'
    [evidence] = decide(
        rules(shipped, shipped.replace('não abre" = 1', 'Nao Abre" = 3')), "não abre"
    ).evidence
    assert evidence.weight == 3
    assert not fires(rules(shipped, shipped.replace('não abre" = 1', 'NAO ABRE" = 0')), "não abre")


def test_an_operators_file_may_stand_alone() -> None:
    assert fires(rules('[words.request_type.bug]\n"trav*" = 1\n'), "travou")


@pytest.mark.parametrize(
    ("own", "line", "said"),
    [
        (
            '[[rule]]\nid = "notas"\nenabled = false\n',
            2,
            "there is no rule 'notas' to switch: did you mean 'nota'?",
        ),
        (
            '[phrases]\ndocumentos = { add = ["guia"] }\n',
            2,
            "there is no list 'documentos' to change: did you mean 'documento'?",
        ),
        (
            '[phrases]\ndocumento = { remove = ["recibos"] }\n',
            2,
            "'recibos' is not in the list 'documento': did you mean 'recibo'?",
        ),
        (
            '[words.request_type.bug]\n"travv*" = 0\n',
            2,
            "'travv*' has no weight to take away: did you mean 'trav*'?",
        ),
    ],
)
def test_changing_what_is_not_there_is_a_mistake(own: str, line: int, said: str) -> None:
    with pytest.raises(RulesInvalid) as refused:
        rules(SHIPPED, own)
    [problem] = refused.value.problems
    assert (problem.file, problem.line, problem.message) == ("1.toml", line, said)
