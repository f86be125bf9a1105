"""The texts about what follows on a ticket, for notes and for the team, in pt-BR."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from routing.calendar.wording import moment
from routing.vocabulary import Priority
from routing.watch.change_sets import Change, Value
from routing.watch.closing import Ask
from routing.watch.guard import Answer, Violation
from routing.watch.moved import Announcement, DateNews
from routing.watch.started import EarlyStart

FIELDS: Mapping[str, str] = {
    "client": "o cliente",
    "deadline": "a data final",
    "priority": "a prioridade",
    "owner": "o responsável",
    "stage": "o estágio",
}
PRIORITIES: Mapping[str, str] = {
    Priority.HIGH.value: "Alta",
    Priority.MEDIUM.value: "Média",
    Priority.LOW.value: "Baixa",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What happened on a ticket, and what to do about it."""

    what: str
    todo: str

    @property
    def note(self) -> str:
        """The text of the note on the ticket."""
        return f"{self.what} {self.todo}".strip()


NameOf = Callable[[str], str]
"""Login → the person's name."""


def of_a_violation(violation: Violation, zone: tzinfo, name: NameOf) -> Words:
    """Who changed what, the values before and after, and what was done about it."""
    change = violation.change
    what = (
        f"{_who(change.who, name)} mudou {FIELDS[change.field]} deste chamado de "
        f"{_value(change.before, zone)} para {_value(change.after, zone)}. "
        f"O responsável é {name(violation.owner)}, e só ele pode fazer isso."
    )
    todo = {
        Answer.NOTE: "A mudança ficou como está: confirmem se é isso mesmo.",
        Answer.REVERT: "A mudança foi desfeita. Quem precisa dela fale com o responsável.",
        Answer.CONFLICT: (
            "Ela já tinha sido desfeita uma vez e desta vez ficou: "
            "Coordenação, por favor combine com os dois."
        ),
    }[violation.answer]
    return Words(what=what, todo=todo)


def of_an_early_start(start: EarlyStart, name: NameOf) -> Words:
    """Work was started without triage and scheduling, or by somebody other than the owner."""
    what = f"{_who(start.who, name)} começou a resolver este chamado"
    if start.unscheduled:
        what += " sem agendamento (estágio Agendado e data final)"
    if start.by_other:
        with_whom = f"está com {name(start.owner)}" if start.owner else "não tem responsável"
        what += f"{', e ele' if start.unscheduled else ', que'} {with_whom}"
    todo = "Faça a triagem e o agendamento antes de continuar." if start.unscheduled else ""
    if start.by_other:
        todo = f"{todo} Combinem quem responde ao cliente.".strip()
    return Words(what=f"{what}.", todo=todo)


def of_an_announcement(said: Announcement, zone: tzinfo) -> str:
    """The note on the ticket about what the client was told."""
    after = _value(said.after, zone)
    if said.news is DateNews.SCHEDULED:
        return f"O cliente foi avisado de que o chamado está agendado para {after}."
    return (
        f"A data final passou de {_value(said.before, zone)} para {after}, e o cliente foi "
        "avisado. Pelo procedimento, a data final só muda em casos excepcionais: "
        "registrem aqui o motivo."
    )


def of_an_ask(ask: Ask, *, cancelled: bool, mark: str, name: NameOf, owner: str | None) -> Words:
    """The request to write the missing note for the client."""
    end, missing = ("cancelado", "o motivo") if cancelled else ("concluído", "a solução")
    what = f"O chamado foi {end} sem uma nota interna com {missing}: o cliente ainda não sabe."
    whom = "Escreva" if ask is Ask.OWNER else "N0: peçam"
    then = f" a {name(owner)}" if ask is Ask.FIRST_LEVEL and owner else ""
    example = f"uma nota interna que comece com “{mark}”"
    return Words(
        what=what,
        todo=(
            f"{whom}{then} {example}, em palavras que o cliente entenda: ela, e só ela, é "
            "enviada a ele, e o status (⚪) é fechado."
        ),
    )


def not_told(why: str) -> str:
    """The note on the ticket that the client could not be told."""
    return f"O cliente não foi avisado por aqui: {why}."


def _who(login: str | None, name: NameOf) -> str:
    return name(login) if login else "Alguém (o Odoo não diz quem)"


def _value(value: Value, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        return moment(value.astimezone(zone))
    if value is None or value == "":
        return "nada"
    return PRIORITIES.get(str(value), str(value))


def describe(change: Change, zone: tzinfo) -> str:
    """A change in a few words, for the history."""
    return f"{change.field}: {_value(change.before, zone)} → {_value(change.after, zone)}"
