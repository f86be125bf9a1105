"""The SLA table as shipped: the procedure's request types and terms.

The terms of single services are our own: the page of the procedure that gives them is lost.
"""

from datetime import timedelta

from routing.sla.table import RequestType, Service
from routing.sla.term import (
    BusinessDays,
    BusinessTime,
    ByService,
    MonthEvaluation,
    Term,
    UntilResolved,
)
from routing.vocabulary import UNCLASSIFIED


def _hours(number: int) -> BusinessTime:
    return BusinessTime(timedelta(hours=number))


_TYPES: tuple[tuple[str, str, str, int, Term], ...] = (
    ("bug", "Suporte do Sistema – Erro / Bug crítico", "N1", 1, _hours(3)),
    ("usage", "Suporte do Sistema – Dúvida de uso", "N0", 1, _hours(24)),
    ("improvement", "Suporte do Sistema – Sugestão de melhoria", "N0", 1, MonthEvaluation()),
    ("accounting_monthly", "Solicitação Contábil – Rotina mensal", "N0", 1, _hours(24)),
    ("accounting_city", "Solicitação Contábil – Nova prefeitura", "N1", 1, BusinessDays(10)),
    (
        "accounting_service",
        "Solicitação Contábil – Solicitações de serviço",
        "N1",
        1,
        ByService(BusinessDays(2)),
    ),
    ("tax", "Dúvida Fiscal – Regime, dedução, categoria", "N1", 1, BusinessDays(2)),
    ("contract", "Dúvida sobre Contrato ou Condição Comercial", "N0", 1, BusinessDays(2)),
    ("internal", "Problema com Atendimento (interno)", "Coordenação", 1, UntilResolved()),
    (UNCLASSIFIED, "Não classificado (triagem pelo N0)", "N0", 2, _hours(24)),
)

_SERVICES: tuple[tuple[str, str, int], ...] = (
    ("cnd", "Certidão negativa de débitos (CND)", 2),
    ("reemissao_guia", "Reemissão de guia", 1),
    ("declaracao_faturamento", "Declaração de faturamento", 2),
    ("alteracao_contratual", "Alteração contratual", 15),
    ("abertura_empresa", "Abertura de empresa", 20),
    ("baixa_empresa", "Baixa de empresa", 30),
    ("parcelamento", "Parcelamento de débitos", 5),
    ("admissao", "Admissão de funcionário", 3),
    ("cancelamento_nota", "Cancelamento de nota fiscal", 1),
    ("decore", "DECORE", 3),
)

SHIPPED_TYPES: dict[str, RequestType] = {
    id_: RequestType(
        id=id_, label=label, level=level, first_response=_hours(first), resolution=resolution
    )
    for id_, label, level, first, resolution in _TYPES
}

SHIPPED_SERVICES: dict[str, Service] = {
    id_: Service(id=id_, label=label, resolution=BusinessDays(days))
    for id_, label, days in _SERVICES
}
