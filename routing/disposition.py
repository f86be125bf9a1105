"""Whether a message is a person's request, and whether it may be answered automatically.

Sources: RFC 3834 (automatic responses), RFC 3464 (delivery reports), RFC 8098 (read receipts),
RFC 2919 and RFC 2369 (lists), [MS-OXCMAIL] 2.2.3.2.14 (X-Auto-Response-Suppress).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from routing import disposition_signs as signs
from routing.message import Message
from routing.stated import asks_for_silence
from routing.vocabulary import Channel


class Nature(StrEnum):
    """Who or what sent a message."""

    HUMAN = "human"
    AUTO_REPLY = "auto_reply"
    """A vacation notice, a read receipt, another desk's acknowledgement."""
    AUTO_GENERATED = "auto_generated"
    """Sent by a program that answers nobody: an alert, a report."""
    BOUNCE = "bounce"
    LIST = "list"
    """Other people's discussion lists, newsletters, anything sent to many."""
    OWN = "own"
    """Our own mail that came back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Disposition:
    """What may be done with a message, and why: `reasons` are whole sentences in pt-BR."""

    nature: Nature
    opens_ticket: bool
    may_acknowledge: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """A message with the values that the checks below share."""

    message: Message
    own_addresses: frozenset[str]

    @property
    def sender(self) -> str:
        return self.message.sender.address if self.message.sender else ""

    @property
    def comes_from_nobody(self) -> bool:
        """True for the null sender `<>` (RFC 5321, 4.5.5): the sender accepts no answer."""
        return self.message.envelope_sender == ""


_Question = Callable[[_Case], tuple[Nature, str] | None]


def dispose(message: Message, *, own_addresses: frozenset[str]) -> Disposition:
    """Decide what may be done with a message by its headers, addresses and fields, never its text.

    `own_addresses` are in lower case. Only a person's message opens a ticket. If it is doubtful
    whether a person wrote it, it opens a ticket but is not acknowledged.
    """
    case = _Case(message=message, own_addresses=own_addresses)
    for question in _NOT_HUMAN:
        answer = question(case)
        if answer is not None:
            nature, reason = answer
            return Disposition(
                nature=nature, opens_ticket=False, may_acknowledge=False, reasons=(reason,)
            )
    doubts = tuple(filter(None, (doubt(case) for doubt in _DOUBTS)))
    return Disposition(
        nature=Nature.HUMAN, opens_ticket=True, may_acknowledge=not doubts, reasons=doubts
    )


def _own(case: _Case) -> tuple[Nature, str] | None:
    message = case.message
    if message.header("x-central-intake"):
        return Nature.OWN, "A mensagem foi enviada por esta própria Central de Ajuda."
    if case.own_addresses & set(signs.addresses(message.header("x-loop"))):
        return Nature.OWN, "O cabeçalho X-Loop traz o nosso próprio endereço."
    if case.sender in case.own_addresses and not _is_web_form(case):
        return Nature.OWN, "O remetente é um dos nossos próprios endereços."
    return None


def _is_web_form(case: _Case) -> bool:
    """True for a form on the firm's site: it sends in our name with the client in Reply-To."""
    reply_to = case.message.reply_to
    return reply_to is not None and reply_to.address not in case.own_addresses


def _bounce(case: _Case) -> tuple[Nature, str] | None:
    kind = signs.report_type(case.message)
    if kind == "delivery-status" or (case.message.report is not None and kind is None):
        return Nature.BOUNCE, "É um aviso do servidor de e-mail sobre a entrega de uma mensagem."
    local = case.sender.partition("@")[0]
    subject = case.message.subject
    if local in signs.DAEMONS or (
        (local in signs.POSTMASTERS or case.comes_from_nobody)
        and signs.BOUNCE_SUBJECT.match(subject)
    ):
        return (
            Nature.BOUNCE,
            "Veio de um servidor de e-mail e diz que uma mensagem não foi entregue.",
        )
    return None


def _automatic(case: _Case) -> tuple[Nature, str] | None:
    message = case.message
    if signs.report_type(message) is not None:
        return Nature.AUTO_REPLY, "É um relatório feito por um programa, como o de leitura."
    for submitted in signs.keywords(message, "auto-submitted"):
        if submitted in signs.MEANS_NO:
            continue
        nature = Nature.AUTO_GENERATED if submitted == "auto-generated" else Nature.AUTO_REPLY
        return nature, f"O cabeçalho Auto-Submitted diz “{submitted}”: foi um programa que enviou."
    for name in signs.AUTO_REPLY_HEADERS:
        if signs.keyword(message.header(name)) not in signs.MEANS_NO:
            return Nature.AUTO_REPLY, f"O cabeçalho {name.title()} marca uma resposta automática."
    for name in ("precedence", "preference"):
        if signs.keyword(message.header(name)) in signs.AUTO_REPLY_PRECEDENCE:
            return Nature.AUTO_REPLY, f"O cabeçalho {name.title()} marca uma resposta automática."
    if signs.VACATION_PREFIX.match(message.subject) or (
        signs.VACATION_SUBJECT.match(message.subject) and _answers_by_itself(case)
    ):
        return Nature.AUTO_REPLY, "O assunto é o de uma resposta automática de ausência."
    return None


def _answers_by_itself(case: _Case) -> bool:
    message = case.message
    return (
        case.comes_from_nobody
        or bool(message.in_reply_to)
        or bool(message.header("x-auto-response-suppress"))
    )


def _list(case: _Case) -> tuple[Nature, str] | None:
    message = case.message
    if signs.is_own_list(message, case.own_addresses):
        return None
    precedence = signs.keyword(message.header("precedence"))
    if precedence in ("bulk", "junk"):
        return Nature.LIST, f"O cabeçalho Precedence diz “{precedence}”: é um envio em massa."
    if message.header("list-id") or message.header("list-post") or precedence == "list":
        return Nature.LIST, "A mensagem chegou por uma lista de distribuição que não é nossa."
    if message.header("list-unsubscribe"):
        for name in signs.BULK_HEADERS:
            if message.header(name):
                return Nature.LIST, (
                    "É um informativo: oferece o cancelamento da inscrição e traz o cabeçalho "
                    f"{name.title()}, de envios em massa."
                )
    return None


_NOT_HUMAN: tuple[_Question, ...] = (_own, _bounce, _automatic, _list)
"""Checks in order; the first that returns an answer decides."""


def _no_sender(case: _Case) -> str | None:
    if case.message.answer_to is None:
        return "A mensagem não traz um endereço de remetente ao qual responder."
    return None


def _null_sender(case: _Case) -> str | None:
    if case.comes_from_nobody:
        return "O remetente do envelope é nulo (<>): quem enviou não aceita respostas."
    return None


def _noreply(case: _Case) -> str | None:
    address = case.message.answer_to
    if address and signs.NOREPLY.fullmatch(address.address.partition("@")[0]):
        return "O endereço do remetente não recebe respostas (noreply)."
    return None


def _suppressed(case: _Case) -> str | None:
    asked = {
        word.strip().lower() for word in case.message.header("x-auto-response-suppress").split(",")
    }
    if asked & {"all", "autoreply"}:
        return "O remetente pede que não se responda automaticamente (X-Auto-Response-Suppress)."
    return None


def _loop(case: _Case) -> str | None:
    if case.message.header("x-loop"):
        return "A mensagem traz um cabeçalho X-Loop: responder poderia criar um laço."
    return None


def _unsubscribable(case: _Case) -> str | None:
    message = case.message
    if message.header("list-unsubscribe") and not signs.is_own_list(message, case.own_addresses):
        return "A mensagem oferece o cancelamento de uma inscrição: pode ser um informativo."
    return None


def _list_sender(case: _Case) -> str | None:
    envelope = case.message.envelope_sender or ""
    if any(
        signs.LIST_SENDER.fullmatch(address.rpartition("@")[0])
        for address in (envelope, case.sender)
        if address
    ):
        return "O endereço de quem enviou é o de um programa de listas: não se responde a ele."
    return None


def _own_answer_address(case: _Case) -> str | None:
    address = case.message.answer_to
    if address and address.address in case.own_addresses:
        return "A resposta iria para um dos nossos próprios endereços."
    return None


def _asked_for_silence(case: _Case) -> str | None:
    if asks_for_silence(case.message.fields):
        return "Quem abriu o chamado pediu que não se confirme."
    return None


def _written_down(case: _Case) -> str | None:
    address = case.message.answer_to
    by_hand = case.message.channel in (Channel.MANUAL, Channel.CHAT)
    if by_hand and address and "@" not in address.address:
        return "Anotado à mão, e do cliente só se sabe o telefone: quem anotou confirma."
    return None


def _told_in_the_room(case: _Case) -> str | None:
    address = case.message.answer_to
    if address and address.address == case.message.fields.get("opened_by"):
        return "Quem pede abriu o chamado pelo canal, e é lá que recebe a resposta."
    return None


_DOUBTS: tuple[Callable[[_Case], str | None], ...] = (
    _no_sender,
    _null_sender,
    _noreply,
    _suppressed,
    _loop,
    _unsubscribable,
    _list_sender,
    _own_answer_address,
    _asked_for_silence,
    _written_down,
    _told_in_the_room,
)
"""Checks for an acknowledgement: if any returns a reason, none is sent."""
