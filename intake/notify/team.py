"""Tells the team what happened on a ticket."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from intake.active_config import ActiveConfig
from intake.notify.acknowledgements import reply_facts
from intake.notify.effects import TicketEffects
from intake.notify.staff import TeamMessages, add_message, ways_to
from intake.store.ticket_summary import TicketSummary
from routing.roster import Person, Roster
from routing.roster.person import Way
from routing.watch.words import Words


def tell_team(effects: TicketEffects, people: Iterable[Person], words: Words) -> None:
    """Tell each person once, by their own ways. At the desk, the ticket's note tells them."""
    write_to_team(
        effects.team_messages,
        people,
        words,
        summary=effects.summary,
        received_at=effects.ticket.received_at,
        config=effects.config,
        now=effects.now,
    )


def write_to_team(
    team_messages: TeamMessages,
    people: Iterable[Person],
    words: Words,
    *,
    summary: TicketSummary,
    received_at: datetime,
    config: ActiveConfig,
    now: datetime,
) -> None:
    """As `tell_team`, for any ticket. The messages are added to `letters`."""
    extra: Mapping[str, str] = {
        "what": words.what,
        "todo": words.todo,
        **({"desk_url": summary.desk_url} if summary.desk_url else {}),
    }
    for person in {each.login: each for each in people}.values():
        facts = reply_facts(
            config,
            now,
            summary,
            requester_name=person.name,
            received_at=received_at,
            extra=extra,
        )
        for route in ways_to(person, config, now):
            if route.way is not Way.ODOO:
                add_message(
                    team_messages, person, "attention", route, facts, summary.ticket_id, config
                )


def owner_or_first_level(roster: Roster, owner: str | None) -> list[Person]:
    """The owner if they are on the roster, else the first level."""
    person = roster.person(owner) if owner else None
    return [person] if person is not None else first_level(roster)


def first_level(roster: Roster) -> list[Person]:
    """The people on the first level (N0)."""
    return list(roster.on(roster.levels[0]))


def last_level(roster: Roster) -> list[Person]:
    """The people on the last level (Coordenação); the first level where there is nobody."""
    return list(roster.on(roster.levels[-1])) or first_level(roster)


def name_of(roster: Roster, login: str) -> str:
    """A person's name on the roster, or else their login."""
    person = roster.person(login)
    return person.name if person else login
