"""The shipped rules on labelled messages, and the conventions by which they are labelled."""

from functools import cache
from pathlib import Path

import pytest

from intake.cli.labelled import read_labelled
from routing.rules.evaluation import Score, evaluate, score
from routing.rules.rule import NO_TICKET
from routing.vocabulary import UNCLASSIFIED, Priority
from tests.routing.rules.shipped import SURROUNDINGS, decide, shipped

FOLDER = Path(__file__).parents[2] / "labelled"
SETS = ("a", "b", "c", "d", "e", "f", "g", "h")


@cache
def result(name: str) -> Score:
    messages = read_labelled(FOLDER / f"{name}.jsonl")
    return score(messages, list(evaluate(shipped(), messages, SURROUNDINGS)))


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("field", "floor"), [("request_type", 0.985), ("priority", 0.95)])
def test_the_shipped_rules_stay_as_right_as_they_were(name: str, field: str, floor: float) -> None:
    assert result(name).accuracy[field] >= floor


@pytest.mark.parametrize("name", SETS)
def test_who_is_of_the_house_is_always_known(name: str) -> None:
    assert result(name).accuracy["kind"] == 1


@pytest.mark.parametrize("name", SETS)
def test_nothing_that_asks_for_nothing_opens_a_ticket_and_no_request_is_lost(name: str) -> None:
    confusion = result(name).confusion
    assert set(confusion[NO_TICKET]) == {NO_TICKET}
    lost = {right: row[NO_TICKET] for right, row in confusion.items() if row[NO_TICKET]}
    assert set(lost) == {NO_TICKET}


@pytest.mark.parametrize(
    ("text", "request_type"),
    [
        # How a city's registration is doing is asked of the accountants…
        ("como está o cadastro na prefeitura de Bauru? já deferiram?", "accounting_city"),
        ("A inscrição municipal de Sobral saiu ou ainda está em análise?", "accounting_city"),
        ("a prefeitura de Franca pediu mais algum documento pro meu cadastro?", "accounting_city"),
        # …and becomes a matter of the service when the client complains about the handling.
        (
            "há 20 dias pergunto do cadastro de Bauru e ninguém responde, que descaso!",
            "internal",
        ),
        (
            "Pedi notícia da inscrição de Sobral e ninguém me retornou. Quero um supervisor.",
            "internal",
        ),
        # A wrong charge of the plan is of the contract.
        ("cobraram minha mensalidade duas vezes no cartão, estornem", "contract"),
        ("A fatura da R3izzy veio com o valor do plano errado. Revejam a cobrança.", "contract"),
        # How to void a note oneself is a question of use; asking the team to do it is a service.
        ("como cancelo uma nota que emiti errada? onde clico?", "usage"),
        ("Onde, no sistema, eu mesma anulo uma nota fiscal?", "usage"),
        ("cancelem pra mim a nota 15, saiu com o tomador errado", "accounting_service"),
        ("Peço que vocês anulem a nota 230, por gentileza.", "accounting_service"),
        # What is to be paid this month is the routine; an overdue guide once more is a service.
        ("quanto deu meu simples esse mês?", "accounting_monthly"),
        ("A guia do DAS de novembro já saiu?", "accounting_monthly"),
        ("o DAS de agosto venceu e não paguei, gerem de novo com os juros", "accounting_service"),
        ("Preciso da segunda via da guia vencida em julho, atualizada.", "accounting_service"),
        # Payslips and FGTS are the routine; hiring is a service.
        ("o holerite da recepcionista já está pronto?", "accounting_monthly"),
        ("A guia do FGTS deste mês não veio.", "accounting_monthly"),
        ("vou contratar uma secretária dia 1, façam o registro dela", "accounting_service"),
        ("Solicito a admissão de uma técnica de enfermagem no eSocial.", "accounting_service"),
    ],
)
def test_the_conventions_of_the_labels_hold(text: str, request_type: str) -> None:
    assert decide(text).request_type == request_type


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("preciso de uma certidão negativa federal", "cnd"),
        ("gerem de novo o DAS de agosto que venceu, com os juros", "reemissao_guia"),
        ("o banco pediu a declaração de faturamento, façam por favor", "declaracao_faturamento"),
        ("incluam minha esposa como sócia no contrato social", "alteracao_contratual"),
        ("quero abrir uma empresa, podem abrir meu CNPJ?", "abertura_empresa"),
        ("encerrem minha empresa e deem baixa no CNPJ", "baixa_empresa"),
        ("parcelem minha dívida da receita em 60 vezes", "parcelamento"),
        ("vou contratar uma recepcionista, façam a admissão dela", "admissao"),
        ("cancelem pra mim a nota fiscal 12, saiu errada", "cancelamento_nota"),
        ("preciso de uma DECORE assinada pelo contador", "decore"),
    ],
)
def test_a_service_is_named_so_that_its_own_term_counts(text: str, service: str) -> None:
    decided = decide(text)
    assert (decided.request_type, decided.service) == ("accounting_service", service)


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("a guia do DAS vence hoje e não chegou, mandem agora, o banco fecha às 16h", "high"),
        ("URGENTE: sistema fora do ar, clínica parada e pacientes esperando na fila", "high"),
        ("o relatório sai com o total errado", "medium"),
        ("o logo sai torto no rodapé, sem pressa nenhuma", "low"),
        ("só por curiosidade, quanto custa o plano maior? sem pressa", "low"),
        ("sugestão: poderia ter um botão para imprimir a agenda", "low"),
    ],
)
def test_hurry_and_calm_set_the_priority(text: str, priority: str) -> None:
    assert decide(text).priority == Priority(priority)


@pytest.mark.parametrize("text", ["girassóis amarelos floresceram", "the quick brown fox"])
def test_what_no_rule_knows_is_unclassified_and_not_dropped(text: str) -> None:
    decided = decide(text)
    assert decided.opens_ticket
    assert (decided.request_type or UNCLASSIFIED) == UNCLASSIFIED
