"""A decision in a sentence that a client could be told."""

import pytest

from routing.rules.explanation import explain
from tests.routing.rules.writing import decide, message, rules, when

LABELS = {"bug": "Erro", "usage": "Dúvida de uso"}
RULES = """
[words.request_type.bug]
"trav*" = 3
"o app travou" = 2
"?" = 1.5
"em" = 1
"agenda" = 0.5

[words.request_type.usage]
"como" = 2.5

[words.priority.high]
"urgente" = 1
[words.priority.low]
"sem pressa" = 1

[[rule]]
id = "vip"
label = "Cliente especial"
when = { domain = "vip.com.br" }
set.request_type = "usage"
weight = 9
"""


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "o app travou em casa?",
            (
                "Entendemos a mensagem como “Erro”, porque nela encontramos “o app travou”. "
                "A prioridade é média."
            ),
        ),
        (
            "Travou a agenda. URGENTE",
            (
                "Entendemos a mensagem como “Erro”, porque nela encontramos “Travou” e “agenda”. "
                "A prioridade é alta, porque encontramos “URGENTE”."
            ),
        ),
        (
            "como? sem pressa",
            (
                "Entendemos a mensagem como “Dúvida de uso”, porque nela encontramos “como”. "
                "A prioridade é baixa, porque encontramos “sem pressa”."
            ),
        ),
        (
            "como travou",
            (
                "Ficamos em dúvida se é “Erro” ou “Dúvida de uso”: uma pessoa da triagem vai ler a "
                "mensagem. A prioridade é média."
            ),
        ),
        (
            "boa tarde",
            (
                "Nenhuma regra reconheceu o assunto: uma pessoa da triagem vai ler a mensagem. "
                "A prioridade é média."
            ),
        ),
        (
            "e aí?",
            "Entendemos a mensagem como “Erro”, porque nela encontramos “?”. A prioridade é média.",
        ),
    ],
)
def test_the_sentence_names_the_type_and_the_client_s_own_words(said: str, sentence: str) -> None:
    margin = 1.0 if said == "como travou" else 0.5
    assert explain(decide(rules(RULES, margin=margin), said), LABELS) == sentence


def test_what_rests_on_an_address_is_not_held_against_the_client() -> None:
    decided = decide(rules(RULES), message("oi", sender="bia@vip.com.br"))
    assert explain(decided, LABELS) == (
        "Entendemos a mensagem como “Dúvida de uso”. A prioridade é média."
    )


def test_long_findings_are_cut() -> None:
    found = when('{ only = ["obrigado"] }', "no_ticket = true")
    assert explain(decide(found, "obrigado " * 30), {}).count("obrigado") < 8


def test_an_unknown_type_is_named_by_its_id() -> None:
    assert explain(decide(when('["nota"]'), "a nota"), {}).startswith(
        "Entendemos a mensagem como “bug”"
    )


def test_the_same_little_word_is_said_once() -> None:
    found = rules('[words.request_type.bug]\n"oi" = 1\n"=oi" = 1\n"oi*" = 1\n')
    assert "encontramos “oi”. " in explain(decide(found, "oi"), LABELS)
