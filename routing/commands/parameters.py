"""The parameters of `/ticket`: their names, meanings and how they are written."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Reach(StrEnum):
    """Where a value without quotation marks ends."""

    WORD = "word"
    MOMENT = "moment"
    """After a word and the time of day that may follow it."""
    REST = "rest"
    """At the next parameter: names of clients have several words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A parameter of `/ticket`."""

    key: str
    """Its key in `routing.stated`, if it has one there."""
    name: str
    """The name that people write and the help shows."""
    others: tuple[str, ...]
    """Other names, in lower case without accents."""
    example: str
    meaning: str
    reach: Reach = Reach.WORD


PARAMETERS: Mapping[str, Parameter] = {
    each.key: each
    for each in (
        Parameter(
            key="client",
            name="cliente",
            others=("client", "customer"),
            example='cliente:"Clínica Boa Vista"',
            meaning="de quem é o pedido: nome do contato no Odoo, e-mail ou telefone",
            reach=Reach.REST,
        ),
        Parameter(
            key="kind",
            name="tipo",
            others=("kind", "type"),
            example="tipo:interno",
            meaning="cliente ou interno; o interno é seu",
        ),
        Parameter(
            key="priority",
            name="prioridade",
            others=("priority", "prio"),
            example="prioridade:alta",
            meaning="alta, média ou baixa (ou ⭐⭐⭐, ⭐⭐, ⭐)",
        ),
        Parameter(
            key="level",
            name="nível",
            others=("nivel", "level"),
            example="nivel:N1",
            meaning="o nível que atende",
        ),
        Parameter(
            key="owner",
            name="responsável",
            others=("responsavel", "owner", "assignee"),
            example="responsavel:ana.lima",
            meaning="quem responde pelo chamado: login, e-mail ou nome entre aspas",
        ),
        Parameter(
            key="request_type",
            name="solicitação",
            others=(
                "solicitacao",
                "tipo de solicitacao",
                "request type",
                "request_type",
                "request",
            ),
            example="solicitacao:bug",
            meaning="o tipo de solicitação",
        ),
        Parameter(
            key="service",
            name="serviço",
            others=("servico", "service"),
            example="servico:cnd",
            meaning="o serviço contábil",
        ),
        Parameter(
            key="came_by",
            name="canal",
            others=("channel", "via"),
            example="canal:telefone",
            meaning="por onde o pedido chegou: telefone, whatsapp, pessoalmente, e-mail ou outro",
        ),
        Parameter(
            key="deadline",
            name="prazo",
            others=("data final", "data_final", "deadline", "due"),
            example="prazo:1/12",
            meaning="o que foi combinado: 1/12, 01/12/2026, 2026-12-01, hoje, amanhã; com hora: "
            '"1/12 15h"',
            reach=Reach.MOMENT,
        ),
        Parameter(
            key="description",
            name="descrição",
            others=("descricao", "detalhes", "description", "details"),
            example='descricao:"Trava ao abrir a agenda"',
            meaning="os detalhes; também podem vir nas linhas de baixo (Shift+Enter)",
            reach=Reach.REST,
        ),
        Parameter(
            key="acknowledge",
            name="confirmar",
            others=("confirmacao", "acknowledge"),
            example="confirmar:não",
            meaning="não: o cliente não recebe o e-mail de confirmação",
        ),
    )
}
EXAMPLE = '/ticket Nota não emitida cliente:"Clínica Boa Vista" prioridade:alta'


def folded(text: str) -> str:
    """Lower case without accents, character by character: as long as `text`, which is in NFC."""
    return "".join(map(_folded, text))


def _folded(sign: str) -> str:
    base = unicodedata.normalize("NFKD", sign)[:1].lower()
    return base if len(base) == 1 else sign


BY_NAME: Mapping[str, Parameter] = {
    name: each
    for each in PARAMETERS.values()
    for name in (folded(each.name), each.key, *each.others)
}
"""Every folded name → its parameter."""
