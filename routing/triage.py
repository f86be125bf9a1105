"""Turns a message and its classification into a ticket with its required fields."""

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
"""What the first level asks the client for, by missing field (pt-BR)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Triage:
    """A ticket's fields as decided when it is opened (procedure: triagem)."""

    title: str
    requester: str
    """The requester's address; empty if there is no sender."""
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
    """Internal notes that are put on the new ticket, in pt-BR."""
    client: str | None = None
    """The client's name, if it was given."""
    client_ref: str | None = None
    """The desk's own id of that client, if it is known already."""
    deadline: datetime | None = None
    """The deadline agreed with the client, if one was given."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Procedure:
    """The firm's SLA table, business calendar and roster, by which tickets are decided."""

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

    Due times count from the message's receipt. The owner is chosen among the people at work `now`.
    A required field that the message neither gives nor lets us derive is named in `missing`, and
    the ticket then goes to the first level. Explicit fields (`routing.stated`) take precedence over
    the rules.
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
    """The request type; if only a service is given, the type whose term depends on the service."""
    known = said.request_type or classification.request_type
    if known is None and said.service is not None:
        by_service = (
            each.id for each in sla.types.values() if isinstance(each.resolution, ByService)
        )
        known = next(by_service, None)
    return known or UNCLASSIFIED


def _client_note(said: Stated) -> tuple[str, ...]:
    """A note that names the client, if the client's id at the desk is not known."""
    if said.client is None or said.client_ref is not None:
        return ()
    return (f"O pedido diz que o cliente é “{said.client}”.",)


def _level(said: Stated, classification: Classification, request_type: str, sla: SlaTable) -> str:
    """The level, by explicit field, rules or SLA table.

    The rules' level counts only for the request type that they found, not for another one given.
    """
    same = request_type == (classification.request_type or UNCLASSIFIED)
    by_rules = classification.level if same else None
    return said.level or by_rules or sla.level(request_type)


def due_again(
    request_type: str, service: str | None, received_at: datetime, procedure: Procedure
) -> DueTimes:
    """The due times of a ticket that a client's message reopens, counted from that message.

    A request type or service that is no longer in the settings counts as none.
    """
    sla = procedure.sla
    return sla.due_times(
        request_type if request_type in sla.types else UNCLASSIFIED,
        received_at,
        procedure.calendar,
        service=service if service in sla.services else None,
    )


def missing_fields(message: Message) -> tuple[str, ...]:
    """The required fields that the message neither gives nor lets us derive."""
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
"""Matches a line that only greets."""


def title_of(message: Message) -> str:
    """The subject without reply prefixes, or the first line of the text that is not a greeting."""
    subject = _PREFIX.sub("", _PREFIX.sub("", message.subject[:1000]).strip())
    lines = [" ".join(line.split()) for line in (subject, *message.text[:2000].splitlines())]
    said = [line for line in lines if line]
    telling = [line for line in said if not _COURTESY.fullmatch(line[:LONGEST_TITLE])]
    chosen = next(iter(telling or said), NO_TITLE)
    return shortened(chosen, LONGEST_TITLE)


def shortened(words: str, longest: int) -> str:
    """Shorten a text to at most `longest` characters, between words if possible."""
    if len(words) <= longest:
        return words
    head = words[: longest - 1]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:-") + "…"


def requester_name(message: Message) -> str:
    """The sender's name, or one derived from the address."""
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
