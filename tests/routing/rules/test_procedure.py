"""The procedure's own examples of each request type, as people write them."""

import pytest

from tests.routing.rules.shipped import decide


@pytest.mark.parametrize("channel", ["whatsapp", "email", "chat"])
@pytest.mark.parametrize(
    ("text", "request_type"),
    [
        ("App travando, nota não emitida", "bug"),
        ("App travando", "bug"),
        ("Nota não emitida", "bug"),
        ("Nota fiscal não emitida", "bug"),
        ("Minha nota não foi emitida", "bug"),
        ("notas nao emitidas desde ontem", "bug"),
        ("Como reagendar?", "usage"),
        ("Como emitir nota?", "usage"),
        ("Como acessar dados antigos?", "usage"),
        ("acessar dados antigos", "usage"),
        ("Poderia ter botão para duplicar a consulta", "improvement"),
        ("Onde está minha guia?", "accounting_monthly"),
        ("O que preciso pagar este mês?", "accounting_monthly"),
        ("Quero emitir nota em Campinas", "accounting_city"),
        ("Credenciamento em nova prefeitura", "accounting_city"),
        ("CND", "accounting_service"),
        ("Reemissão de guias", "accounting_service"),
        ("Posso lançar plano de saúde?", "tax"),
        ("Regras do contrato", "contract"),
        ("Cancelamento do contrato", "contract"),
        ("Escopo do contrato", "contract"),
        ("Chamado parado", "internal"),
        ("Dúvida não respondida", "internal"),
    ],
)
def test_an_example_of_the_procedure_is_what_it_is_an_example_of(
    text: str, request_type: str, channel: str
) -> None:
    assert decide(text, channel=channel).request_type == request_type


@pytest.mark.parametrize(
    ("text", "request_type"),
    [
        ("Como cancelo uma nota emitida por engano?", "usage"),
        ("Não consigo acessar os dados antigos, dá erro na tela", "bug"),
    ],
)
def test_what_sounds_like_an_example_is_not_always_one(text: str, request_type: str) -> None:
    assert decide(text).request_type == request_type
