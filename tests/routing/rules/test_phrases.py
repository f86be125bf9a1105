"""The little language of phrases: what finds what, and what it does not."""

import pytest

from tests.routing.rules.writing import fires, message, phrase, rules, when, words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("não consegui emitir", "nao consigo EMITIR a nota"),
        ("não consegui emitir", "Não consegui emitir"),
        ("nao consigo emitir", "NÃO CONSEGUIMOS EMITIR NADA"),
        ("emissão de nota", "emitindo de notas"),
        ("boleto vencido", "os boletos vencidos"),
        ("certidão negativa", "certidoes negativas"),
        ("alteração contratual", "preciso de alterações contratuais"),
        ("cancelar a nota", "cancelei a nota"),
        ("prefeitura", "as Prefeituras"),
        ("município", "MUNICÍPIOS"),
        ("e-mail", "meu email"),
        ("pró-labore", "o pro labore do mês"),
        ("carnê-leão", "carne leao"),
        ("R$", "paguei R$ 50,00"),
        ("por quê ?", "mas por que?"),
        ("nota fiscal", "a nota\nfiscal"),
        ("nota fiscal", "a nota, fiscal"),
        ("DAS", "o DAS venceu"),
        ("guia ~3 DAS", "a guia nova do DAS"),
        ("IR", "no meu IR"),
    ],
)
def test_accents_capitals_and_inflection_make_no_difference(written: str, said: str) -> None:
    assert fires(phrase(written), said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("nota", "anotação"),
        ("erro", "ferro"),
        ("conta", "o contador"),
        ("conta", "entrei em contato"),
        ("nota fiscal", "a nota. Fiscal chegou"),
        ("nota fiscal", "fiscal nota"),
        ("nota fiscal", "nota muito fiscal"),
        ("para", "o sistema parou"),
        ("mês", "mesmo"),
        ("DAS", "uma das duas"),
        ("IR", "quero ir"),
    ],
)
def test_only_whole_words_in_their_order_are_found(written: str, said: str) -> None:
    assert not fires(phrase(written), said)


@pytest.mark.parametrize(
    ("written", "said", "found"),
    [
        ("trav*", "o app travou", "travou"),
        ("trav*", "TRAVAMENTOS", "TRAVAMENTOS"),
        ("municip*", "na municipalidade", "municipalidade"),
        ("erro de trav*", "um erro de travamento", "erro de travamento"),
    ],
)
def test_a_star_stands_for_any_ending(written: str, said: str, found: str) -> None:
    assert words(phrase(written), said) == (found,)


def test_a_beginning_is_no_chat_spelling() -> None:
    assert fires(phrase("cert*"), "o certificado")
    assert fires(phrase("pro*"), "o produto")
    assert not fires(phrase("nf*"), "a nota fiscal")


def test_a_star_does_not_stand_for_a_beginning() -> None:
    assert not fires(phrase("trav*"), "destravou")


def test_an_equals_sign_asks_for_the_very_word() -> None:
    found = phrase("=atendimento")
    assert fires(found, "o Atendimento")
    assert not fires(found, "vocês atenderam")
    assert not fires(found, "os atendimentos")


def test_a_number_sign_stands_for_any_number() -> None:
    found = phrase("chamado #")
    assert words(found, "sobre o chamado 55210, nada?") == ("chamado 55210",)
    assert not fires(found, "sobre o chamado aberto")
    assert fires(phrase("# dias"), "faz 12 dias")


def test_a_number_is_itself_and_no_other() -> None:
    assert fires(phrase("erro 504"), "deu Erro 504")
    assert not fires(phrase("erro 504"), "deu erro 500")


def test_a_question_mark_counts_as_a_word() -> None:
    assert fires(phrase("prazo ?"), "qual o prazo?")
    assert not fires(phrase("prazo ?"), "perdi o prazo.")


@pytest.mark.parametrize(
    ("written", "said", "found"),
    [
        ("guia ~5 vencer", "a guia do mês de outubro venceu", True),
        ("guia ~5 vencer", "venceu ontem a guia", True),
        ("guia ~5 vencer", "a guia um dois três quatro cinco seis venceu", False),
        ("guia ~5 vencer", "a guia chegou. Venceu o contrato", False),
        ("como >3 emitir", "como é que se emite", True),
        ("como >3 emitir", "emitir como", False),
        ("emitir >0 nota", "emitir nota", True),
        ("emitir >0 nota", "emitir a nota", False),
        ("não >2 emitir >2 nota", "não vou emitir essa nota", True),
        ("não >2 emitir >2 nota", "não vou emitir, emitir, emitir essa nota", True),
    ],
)
def test_two_sides_are_near_each_other_in_one_sentence(
    written: str, said: str, found: bool
) -> None:
    assert fires(phrase(written), said) is found


def test_negation_is_looked_for_shortly_before_in_the_same_sentence() -> None:
    refused = when('{ phrases = ["funcionar"], negated = true }')
    affirmed = when('{ phrases = ["funcionar"], negated = false }')
    for said, negated in (
        ("o app não está funcionando", True),
        ("o app nunca funcionou", True),
        ("n funciona", True),
        ("o app funciona", False),
        ("Não. Funciona bem", False),
        ("não sei bem por que isso funciona", False),
    ):
        assert fires(refused, said) is negated, said
        assert fires(affirmed, said) is not negated, said


def test_one_affirmed_place_is_enough_where_others_are_negated() -> None:
    affirmed = when('{ phrases = ["funcionar"], negated = false }')
    assert words(affirmed, "ontem funcionava. Hoje não funciona.") == ("funcionava",)


LISTED = """
[phrases]
documento = ["nota", "nota fiscal", "recibo"]
pedido = ["emitir @documento", "quero @documento"]

[[rule]]
id = "r"
label = "Regra"
when = ["{phrase}"]
set.request_type = "bug"
"""


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("@documento", "uma nota fiscal"),
        ("emitir @documento hoje", "emitir recibos hoje"),
        ("emitir @documento hoje", "emitir nota hoje"),
        ("emitir @documento hoje", "emitir nota fiscal hoje"),
        ("@pedido ~3 urgente", "emitir recibo é urgente"),
        ("@pedido", "quero as minhas notas. Quero recibo"),
    ],
)
def test_a_list_of_phrases_may_stand_where_words_may(written: str, said: str) -> None:
    assert fires(rules(LISTED.replace("{phrase}", written)), said)


def test_the_words_shown_are_those_of_the_message_on_one_line() -> None:
    assert words(phrase("não consegui emitir"), "Oi!\nNÃO\n  consigo   emitir.") == (
        "NÃO consigo emitir",
    )


def test_words_inside_longer_findings_are_not_shown_twice() -> None:
    found = when('["emitir", "não consigo emitir"]')
    assert words(found, "não consigo emitir") == ("não consigo emitir",)


def test_a_phrase_does_not_reach_from_one_part_of_a_message_into_the_next() -> None:
    assert not fires(phrase("nota fiscal"), message("fiscal", subject="nota"))
    assert not fires(phrase("nota ~5 fiscal"), message("fiscal", subject="nota"))
