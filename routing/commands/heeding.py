"""Checks a command against the firm's tables and the current time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.commands import words
from routing.commands.command import Command, Help, Line, Wrong
from routing.commands.dates import iso_deadline
from routing.commands.parameters import PARAMETERS, folded
from routing.stated import NO, PRIORITIES, Stated, kind_said, stated
from routing.triage import Procedure
from routing.vocabulary import Kind, Priority

CAME_BY: Mapping[str, str] = {
    "telefone": "phone",
    "ligacao": "phone",
    "phone": "phone",
    "whatsapp": "whatsapp",
    "zap": "whatsapp",
    "whats": "whatsapp",
    "pessoalmente": "in-person",
    "pessoal": "in-person",
    "presencial": "in-person",
    "in-person": "in-person",
    "e-mail": "email",
    "email": "email",
    "outro": "other",
    "outros": "other",
    "other": "other",
}
"""How a request reached the person who writes the line → the name of that in `intake open`."""
STARS = "⭐★*"
MORE_PRIORITIES: Mapping[str, str] = {
    "urgente": Priority.HIGH.value,
    "urgent": Priority.HIGH.value,
    "normal": Priority.MEDIUM.value,
    "3": Priority.HIGH.value,
    "2": Priority.MEDIUM.value,
    "1": Priority.LOW.value,
}
YES = frozenset(("sim", "s", "yes", "y", "true", "1"))
NOT = NO | {"n"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Heeded:
    """A command that can be carried out."""

    fields: Mapping[str, str]
    """The ticket's explicit fields, by the keys of `routing.stated`."""


def follow_up(command: Command, procedure: Procedure, now: datetime) -> Heeded | Wrong:
    """Check a command's values, and refuse it if one is not valid.

    Unlike `routing.stated`, no value is left to the rules: the person waits and can write the line
    again.
    """
    today = now.astimezone(procedure.calendar.zone).date()
    fields = {"title": command.title, **command.said}
    if "priority" in fields:
        fields["priority"] = _priority(fields["priority"])
    if "owner" in fields:
        fields["owner"] = _owner(fields["owner"], procedure)
    if "deadline" in fields:
        day = iso_deadline(fields["deadline"], today=today)
        if day is None:
            return Wrong(words=words.no_date(fields["deadline"]))
        fields["deadline"] = day
    read = stated(fields, sla=procedure.sla, roster=procedure.roster, calendar=procedure.calendar)
    for key, choices in _choices(procedure).items():
        if key in fields and not choices.known(read, fields[key]):
            return Wrong(
                words=words.unknown_value(PARAMETERS[key], command.said[key], choices.names)
            )
    if "deadline" in fields and (read.deadline is None or read.deadline <= now):
        return Wrong(words=words.past(command.said["deadline"]))
    return Heeded(fields=fields)


@dataclass(frozen=True, kw_only=True, slots=True)
class Unopened:
    """A line that opens no ticket."""

    answer: str
    """The answer in the chat; empty if none is expected."""
    reason: str
    """The reason that is stored (pt-BR)."""


def follow(line: Line, procedure: Procedure, now: datetime) -> Heeded | Unopened:
    """Decide what is done with a line in the chat."""
    if isinstance(line, Command):
        heeded = follow_up(line, procedure, now)
        if isinstance(heeded, Heeded):
            return heeded
        line = heeded
    if isinstance(line, Help):
        answer = words.help_lines(types=procedure.sla.types, levels=procedure.roster.levels)
        return Unopened(answer=answer, reason="um pedido de ajuda no canal")
    if isinstance(line, Wrong):
        return Unopened(answer=line.words, reason="um comando com um erro, respondido no canal")
    return Unopened(answer="", reason="uma conversa no canal")


def wants_silence(said: str) -> bool:
    """Whether the value of `confirmar:` means no."""
    return folded(said) in NOT


def wants_internal(said: str) -> bool:
    """Whether the value of `tipo:` means internal."""
    return kind_said(said) is Kind.INTERNAL


@dataclass(frozen=True, slots=True)
class _Choices:
    known: Callable[[Stated, str], bool]
    names: Iterable[str]


def _choices(procedure: Procedure) -> Mapping[str, _Choices]:
    roster, sla = procedure.roster, procedure.sla
    return {
        "kind": _Choices(lambda read, _: read.kind is not None, ("cliente", "interno")),
        "priority": _Choices(lambda read, _: read.priority is not None, ("alta", "média", "baixa")),
        "level": _Choices(lambda read, _: read.level is not None, roster.levels),
        "owner": _Choices(
            lambda read, _: read.owner is not None, [each.login for each in roster.people]
        ),
        "request_type": _Choices(lambda read, _: read.request_type is not None, sla.types),
        "service": _Choices(lambda read, _: read.service is not None, sla.services),
        "came_by": _Choices(
            lambda _, said: folded(said) in CAME_BY,
            ("telefone", "whatsapp", "pessoalmente", "e-mail", "outro"),
        ),
        "acknowledge": _Choices(lambda _, said: folded(said) in NOT | YES, ("sim", "não")),
    }


def _priority(said: str) -> str:
    stars = [sign for sign in said if sign in STARS]
    plain = str(len(stars)) if stars else folded(said)
    return plain if plain in PRIORITIES else MORE_PRIORITIES.get(plain, said)


def _owner(said: str, procedure: Procedure) -> str:
    """The login of the person meant; a full or first name counts if only one person has it."""
    plain = folded(said.lstrip("@"))
    people = procedure.roster.people
    if any(plain in (folded(each.login), folded(each.email or "")) for each in people):
        return said.lstrip("@")
    named = [
        each.login
        for each in people
        if plain in (folded(each.name), folded(each.name).partition(" ")[0])
    ]
    return named[0] if len(named) == 1 else said
