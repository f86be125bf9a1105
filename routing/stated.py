"""Explicit fields: what a person or a program says about a ticket beside its text.

They take precedence over the rules. Whoever opens a ticket by hand, and apps that send one, may
fill `Message.fields`. The keys are:

`title`          the ticket's title, in place of the subject
`kind`           `client` or `internal`; also `cliente`, `interno`
`request_type`   a request type's id, or its label
`service`        a service's id, or its label
`priority`       `high`, `medium`, `low`; also `alta`, `média`, `baixa`
`level`          a level of the roster, in upper or lower case
`owner`          a login of the roster, or that person's e-mail address
`client`         the client's name, as the desk is to show it
`client_ref`     the desk's own id of that client
`deadline`       ISO 8601: a day (until that day's closing) or an instant, in the desk's zone if
                 it names none
`acknowledge`    `no`: nothing is sent to the requester

Other keys belong to the channel and are ignored here. A message is never refused for an unknown
value: the rules decide that field, and an internal note says so.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import TypeVar

from routing.calendar import BusinessCalendar
from routing.roster import Roster
from routing.sla import SlaTable
from routing.vocabulary import Kind, Priority

T = TypeVar("T")

KINDS: Mapping[str, Kind] = {
    "client": Kind.CLIENT,
    "cliente": Kind.CLIENT,
    "internal": Kind.INTERNAL,
    "interno": Kind.INTERNAL,
    "interna": Kind.INTERNAL,
}
PRIORITIES: Mapping[str, Priority] = {
    "high": Priority.HIGH,
    "alta": Priority.HIGH,
    "medium": Priority.MEDIUM,
    "media": Priority.MEDIUM,
    "low": Priority.LOW,
    "baixa": Priority.LOW,
}
NO = frozenset(("no", "nao", "false", "0"))
LONGEST_VALUE = 200
"""The most characters of a value that are read and repeated in a note."""
MOST_NAMED = 12
"""The most names that a note lists if none is close to the given one."""
END_OF_DAY = time(23, 59)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """The fields that were given and are valid; None leaves the decision to the rules."""

    title: str | None = None
    kind: Kind | None = None
    request_type: str | None = None
    service: str | None = None
    priority: Priority | None = None
    level: str | None = None
    owner: str | None = None
    client: str | None = None
    client_ref: str | None = None
    deadline: datetime | None = None
    notes: tuple[str, ...] = ()
    """Values that were given but are not valid, in pt-BR."""


NOTHING_STATED = Stated()


def stated(
    fields: Mapping[str, str], *, sla: SlaTable, roster: Roster, calendar: BusinessCalendar
) -> Stated:
    """Check a message's fields against the firm's tables."""
    said = {key: value.strip()[:LONGEST_VALUE] for key, value in fields.items() if value.strip()}
    if not said:
        return NOTHING_STATED
    types = {each.id: each.label for each in sla.types.values()}
    services = {each.id: each.label for each in sla.services.values()}
    notes: list[str] = []

    def one_of(key: str, name: str, known: Mapping[str, T], choices: Iterable[str]) -> T | None:
        if key not in said:
            return None
        found = known.get(_plain(said[key]))
        if found is None:
            notes.append(_unknown(name, said[key], choices))
        return found

    return Stated(
        title=" ".join(said["title"].split()) if "title" in said else None,
        kind=one_of("kind", "tipo", KINDS, Kind),
        request_type=one_of("request_type", "tipo de solicitação", _by_name(types), types),
        service=one_of("service", "serviço", _by_name(services), services),
        priority=one_of("priority", "prioridade", PRIORITIES, Priority),
        level=one_of("level", "nível", {_plain(e): e for e in roster.levels}, roster.levels),
        owner=one_of("owner", "responsável", _people(roster), [p.login for p in roster.people]),
        client=said.get("client"),
        client_ref=said.get("client_ref"),
        deadline=_deadline(said.get("deadline"), calendar, notes),
        notes=tuple(notes),
    )


def kind_said(text: str) -> Kind | None:
    """Read a kind as `stated` does; None if it is not one."""
    return KINDS.get(_plain(text))


def asks_for_silence(fields: Mapping[str, str]) -> bool:
    """Whether the fields ask that no acknowledgement be sent."""
    return _plain(fields.get("acknowledge", "")) in NO


def _by_name(labels: Mapping[str, str]) -> dict[str, str]:
    """Name → id, for every label and id; an id wins over another id's label."""
    return {
        **{_plain(label): each for each, label in labels.items()},
        **{_plain(each): each for each in labels},
    }


def _people(roster: Roster) -> dict[str, str]:
    return {
        **{_plain(each.email): each.login for each in roster.people if each.email},
        **{_plain(each.login): each.login for each in roster.people},
    }


def _plain(text: str) -> str:
    """The text in lower case, without accents and punctuation."""
    team_messages = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() or c in "@." else " " for c in team_messages if c.isascii())
    return " ".join(kept.split())


def _unknown(name: str, value: str, choices: Iterable[str]) -> str:
    names = sorted(map(str, choices))
    close = get_close_matches(value.lower(), names, n=1) or names[:MOST_NAMED]
    hint = f" (conhecemos: {', '.join(close)})" if close else ""
    return f"O pedido diz {name} “{value}”, que não existe aqui{hint}: valem as regras."


FIRST_YEAR_UNTHINKABLE = 2100
"""Deadlines from this year on are invalid: counting business days to the year 7915 takes
minutes."""


def _deadline(text: str | None, calendar: BusinessCalendar, notes: list[str]) -> datetime | None:
    """A day stands for its closing time, or for 23:59 if the desk is closed on it."""
    if text is None:
        return None
    try:
        if int(text[:4]) >= FIRST_YEAR_UNTHINKABLE:
            raise ValueError
        if len(text) == len("2026-12-31"):
            day = date.fromisoformat(text)
            closing = calendar.closing(day)
            return closing or datetime.combine(day, END_OF_DAY, calendar.zone)
        instant = datetime.fromisoformat(text)
        zoned = instant if instant.tzinfo else instant.replace(tzinfo=calendar.zone)
        zoned.astimezone(calendar.zone) + timedelta(days=1)
    except (ValueError, OverflowError):
        notes.append(
            f"O pedido diz prazo “{text}”, que não é uma data (por exemplo, 2026-12-31): "
            "o chamado ficou sem prazo combinado."
        )
        return None
    return zoned
