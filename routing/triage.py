"""From a message and its classification to a ticket with its required fields."""

import re
from dataclasses import dataclass
from datetime import datetime

from routing.calendar import BusinessCalendar
from routing.message import Message
from routing.roster import Load, Roster
from routing.rules.classification import Classification
from routing.sla import ByService, DueTimes, SlaTable
from routing.stated import Stated, stated
from routing.vocabulary import UNCLASSIFIED, Kind, Priority

LONGEST_TITLE = 120
NO_TITLE = "(sem assunto)"

QUESTIONS = {
    "requester": "quem está pedindo (nome e contato)",
    "description": "o que precisa ser feito, com detalhes",
}
"""What N0 asks for, by missing field."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Triage:
    """A ticket's fields as decided at opening (procedure: triagem)."""

    title: str
    requester: str
    """The address; empty where nobody can be answered."""
    requester_name: str
    kind: Kind
    request_type: str
    service: str | None
    priority: Priority
    level: str
    owner: str | None
    owner_reason: str
    tags: tuple[str, ...]
    language: str
    missing: tuple[str, ...]
    first_response_due: datetime
    resolution_due: datetime | None
    due_explanation: tuple[str, ...]
    notes: tuple[str, ...]
    """Internal notes that the opening leaves, in pt-BR."""
    client: str | None = None
    """Whose matter it is, where that was said."""
    client_ref: str | None = None
    """That client at the desk, where the desk was asked already."""
    deadline: datetime | None = None
    """What was agreed with the client, where that was said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Procedure:
    """The firm's tables by which a ticket is decided."""

    sla: SlaTable
    calendar: BusinessCalendar
    roster: Roster


def triage(
    message: Message,
    classification: Classification,
    *,
    procedure: Procedure,
    load: Load,
    now: datetime,
) -> Triage:
    """Decide every required field of a new ticket.

    The clocks start at the message's receipt; the owner is chosen among those at work `now`. What
    the message does not give is derived or named in `missing`, and then the first level gets it.
    What was said beside the text (`routing.stated`) counts before the rules.
    """
    said = stated(
        message.fields, sla=procedure.sla, roster=procedure.roster, calendar=procedure.calendar
    )
    request_type = _request_type(said, classification, procedure.sla)
    service = said.service or classification.service
    missing = missing_fields(message)
    first_level = procedure.roster.levels[0]
    level = _level(said, classification, request_type, procedure.sla)
    notes = _notes(request_type, classification, missing, level, first_level, procedure.sla)
    if missing and said.level is None:
        level = first_level
    due = procedure.sla.due_times(
        request_type, message.received_at, procedure.calendar, service=service
    )
    assignment = procedure.roster.choose(
        level,
        at=now,
        calendar=procedure.calendar,
        request_type=request_type,
        client=(message.sender.address, message.sender.name) if message.sender else None,
        asked=said.owner or classification.owner,
        load=load,
    )
    return Triage(
        title=shortened(said.title, LONGEST_TITLE) if said.title else title_of(message),
        requester=message.sender.address if message.sender else "",
        requester_name=requester_name(message),
        kind=said.kind or classification.kind,
        request_type=request_type,
        service=service,
        priority=said.priority or classification.priority,
        level=assignment.level,
        owner=assignment.owner,
        owner_reason=assignment.reason,
        tags=classification.tags,
        language=classification.language,
        missing=missing,
        first_response_due=due.first_response_due,
        resolution_due=due.resolution_due,
        due_explanation=due.explanation,
        notes=(*_client_note(said), *said.notes, *notes),
        client=said.client,
        client_ref=said.client_ref,
        deadline=said.deadline,
    )


def _request_type(said: Stated, classification: Classification, sla: SlaTable) -> str:
    """A service that was asked for by name is its own type, where no other is known."""
    known = said.request_type or classification.request_type
    if known is None and said.service is not None:
        by_service = (
            each.id for each in sla.types.values() if isinstance(each.resolution, ByService)
        )
        known = next(by_service, None)
    return known or UNCLASSIFIED


def _client_note(said: Stated) -> tuple[str, ...]:
    """Every desk shows notes; which of its clients that is, a person sees."""
    if said.client is None or said.client_ref is not None:
        return ()
    return (f"O pedido diz que o cliente é “{said.client}”.",)


def _level(said: Stated, classification: Classification, request_type: str, sla: SlaTable) -> str:
    """The rules' own level is about the type that they found, not about another that was said."""
    same = request_type == (classification.request_type or UNCLASSIFIED)
    by_rules = classification.level if same else None
    return said.level or by_rules or sla.level(request_type)


def due_again(
    request_type: str, service: str | None, received_at: datetime, procedure: Procedure
) -> DueTimes:
    """The terms of a ticket that a client's message reopens: counted anew from that message.

    A request type or service that the settings have no longer counts as none.
    """
    sla = procedure.sla
    return sla.due_times(
        request_type if request_type in sla.types else UNCLASSIFIED,
        received_at,
        procedure.calendar,
        service=service if service in sla.services else None,
    )


def missing_fields(message: Message) -> tuple[str, ...]:
    """Required fields that the message neither gives nor lets us derive (design, section 3)."""
    missing = []
    if message.sender is None:
        missing.append("requester")
    if not (message.text.strip() or message.quoted.strip() or message.attachments):
        missing.append("description")
    return tuple(missing)


_PREFIX = re.compile(r"^\s*((re|res|fw|fwd|enc|encaminhada?|rv)\s*(\[\d+\])?\s*:\s*)+", re.I)


_COURTESY = re.compile(
    r"(?:\W*\b(?:oi+e*|ol[áa]|al[ôo]|e a[íi]|bom dia|boa (?:tarde|noite)|td bem|tudo (?:bem|bom)|"
    r"hi|hello|hey|good (?:morning|afternoon|evening))\b)+\W*",
    re.IGNORECASE,
)
"""A line that only greets."""


def title_of(message: Message) -> str:
    """The subject without reply marks; else the first line of the text that says something."""
    subject = _PREFIX.sub("", _PREFIX.sub("", message.subject[:1000]).strip())
    lines = [" ".join(line.split()) for line in (subject, *message.text[:2000].splitlines())]
    said = [line for line in lines if line]
    telling = [line for line in said if not _COURTESY.fullmatch(line[:LONGEST_TITLE])]
    chosen = next(iter(telling or said), NO_TITLE)
    return shortened(chosen, LONGEST_TITLE)


def shortened(words: str, longest: int) -> str:
    """At most `longest` characters, cut between words where there is a space to cut at."""
    if len(words) <= longest:
        return words
    head = words[: longest - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:-") + "…"


def requester_name(message: Message) -> str:
    """The sender's name, else what can be read off the address."""
    if message.sender is None:
        return ""
    if message.sender.name.strip():
        return message.sender.name.strip()
    local = message.sender.address.partition("@")[0]
    words = [w for w in re.split(r"[._\-+\d]+", local) if len(w) > 1]
    readable = "@" in message.sender.address and words
    return " ".join(w.capitalize() for w in words) if readable else message.sender.address


def _notes(
    request_type: str,
    classification: Classification,
    missing: tuple[str, ...],
    level: str,
    first_level: str,
    sla: SlaTable,
) -> tuple[str, ...]:
    notes = []
    if missing:
        asked = "; ".join(QUESTIONS[field] for field in missing)
        note = f"Faltam dados para a triagem. Perguntar ao cliente: {asked}."
        if level != first_level:
            note += f" Com eles, encaminhar ao nível {level}."
        notes.append(note)
    if request_type == UNCLASSIFIED:
        candidates = ", ".join(
            f"{sla.label(c.request_type)} ({c.score:g})" for c in classification.candidates[:3]
        )
        notes.append(
            "Nenhuma regra teve certeza do tipo de solicitação."
            + (f" Candidatos: {candidates}." if candidates else "")
        )
    return tuple(notes)
