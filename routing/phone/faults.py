"""The provider's error codes, and what each means for a reply.

Source: Twilio, *Error and warning dictionary*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Remedy(StrEnum):
    """What to do about an error."""

    LATER = "later"
    """Send the same message again later; an operator may have to act first."""
    TEMPLATE = "template"
    """Send an approved template instead of free text."""
    OBEY = "obey"
    """Send nothing: the client opted out."""
    OTHER_WAY = "other_way"
    """Use another channel, or let a person write."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What an error code means. `words` say it in pt-BR, for the desk."""

    remedy: Remedy
    words: str


def _table(remedy: Remedy, **words: str) -> dict[int, Fault]:
    return {int(code[1:]): Fault(remedy=remedy, words=said) for code, said in words.items()}


FAULTS: Mapping[int, Fault] = {
    **_table(
        Remedy.LATER,
        _20003="a conta do Twilio não aceitou a nossa senha",
        _20005="a conta do Twilio não está ativa",
        _20429="o Twilio pede que se espere",
        _20500="o Twilio está com problemas",
        _20503="o Twilio está com problemas",
        _21611="a fila do nosso número está cheia",
        _30001="a fila do nosso número está cheia",
        _30002="a conta do Twilio está suspensa",
        _63010="o WhatsApp está com problemas",
        _63018="mensagens demais por minuto no nosso número",
        _63038="a conta do Twilio passou do limite de mensagens do dia",
    ),
    **_table(Remedy.TEMPLATE, _63016="passaram as 24 horas em que o WhatsApp aceita texto livre"),
    **_table(Remedy.OBEY, _21610="o cliente pediu para não receber mensagens"),
    **_table(
        Remedy.OTHER_WAY,
        _21211="o número não existe",
        _21408="a conta do Twilio não pode escrever para esse país",
        _21606="o nosso número não pode enviar mensagens",
        _21612="não há como chegar a esse número",
        _21614="o número não é de celular",
        _21617="a mensagem é longa demais",
        _21655="o modelo do WhatsApp não existe na conta do Twilio",
        _21656="as variáveis do modelo do WhatsApp não servem",
        _30003="o aparelho não foi encontrado",
        _30004="o aparelho recusa as nossas mensagens",
        _30005="o número não existe mais",
        _30006="o número é fixo, ou a operadora não entrega",
        _30007="a operadora filtrou a mensagem",
        _30008="a operadora não disse por quê",
        _63003="o número não está no WhatsApp",
        _63005="o WhatsApp não aceita esse conteúdo",
        _63007="o nosso número não está ligado ao WhatsApp nesta conta",
        _63013="o WhatsApp recusou a mensagem por suas regras",
        _63015="o número ainda não entrou na área de testes do WhatsApp",
        _63024="o número não recebe mensagens do WhatsApp",
        _63049="a Meta decidiu não entregar a mensagem",
    ),
}
UNKNOWN = Fault(remedy=Remedy.OTHER_WAY, words="o Twilio não aceitou a mensagem")


def fault(code: int) -> Fault:
    """The meaning of an error code. For an unknown code, trying again is not expected to help."""
    return FAULTS.get(code, UNKNOWN)
