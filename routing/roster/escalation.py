"""Escalation: moves a ticket to another level of support. Its due times do not change."""

from dataclasses import dataclass
from datetime import datetime

from routing.calendar import BusinessCalendar
from routing.calendar.wording import moment
from routing.roster.assignment import Assignment, Load
from routing.roster.roster import Roster


class NoHigherLevel(LookupError):
    """nobody is on any level above the ticket's"""


class SameLevel(LookupError):
    """the ticket is on that level already"""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnedTicket:
    """What an escalation needs to know of a ticket."""

    level: str
    owner: str | None
    request_type: str
    clients: tuple[str, ...]
    """The requester's address and name."""
    first_response_due: datetime
    resolution_due: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Escalation:
    """The old and the new owner and level of a ticket, and its due times, which are kept."""

    level_before: str
    owner_before: str | None
    assignment: Assignment
    first_response_due: datetime
    resolution_due: datetime | None
    why: str
    trace: str
    """The note on the ticket, in pt-BR: old and new owner, the reason, and that due times are
    kept."""


def escalate(
    ticket: OwnedTicket,
    *,
    roster: Roster,
    calendar: BusinessCalendar,
    load: Load,
    at: datetime,
    why: str = "",
    to: str | None = None,
) -> Escalation:
    """Choose who takes the ticket on the level `to`, or on the next level above.

    If nobody is on that level, somebody on a level that its tickets fall back to. The present owner
    is never chosen, even if they are on that level too. Due times are kept. Raises NoHigherLevel,
    UnknownLevel and SameLevel.
    """
    if to is not None and to == ticket.level:
        raise SameLevel(f"the ticket is on level {to} already")
    choose = roster.choose_above if to is None else roster.choose_other
    assignment = choose(
        ticket.level if to is None else to,
        at=at,
        calendar=calendar,
        request_type=ticket.request_type,
        client=ticket.clients,
        without=ticket.owner,
        load=load,
    )
    if assignment is None:
        raise NoHigherLevel(
            f"nobody else is on a level above {ticket.level}; "
            f"the levels in order are {', '.join(roster.levels)}"
        )
    why = " ".join(why.split())
    return Escalation(
        level_before=ticket.level,
        owner_before=ticket.owner,
        assignment=assignment,
        first_response_due=ticket.first_response_due,
        resolution_due=ticket.resolution_due,
        why=why,
        trace=_trace(ticket, assignment, calendar, why),
    )


def _trace(
    ticket: OwnedTicket, assignment: Assignment, calendar: BusinessCalendar, why: str
) -> str:
    before = f"{ticket.level} ({ticket.owner or 'sem responsável'})"
    after = f"{assignment.level} ({assignment.owner})"
    first = moment(ticket.first_response_due.astimezone(calendar.zone))
    resolution = (
        f"solução até {moment(ticket.resolution_due.astimezone(calendar.zone))}"
        if ticket.resolution_due
        else "solução sem data"
    )
    return (
        f"Escalado de {before} para {after}. "
        f"Motivo: {why.rstrip('.') or 'não informado'}. {assignment.reason} "
        f"Os prazos não mudam: resposta inicial até {first}; {resolution}."
    )
