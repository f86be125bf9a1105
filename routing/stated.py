"""What a person or a program said of a ticket beside its text: it counts before the rules.

Who opens a ticket by hand, and an app that sends one, may fill `Message.fields`. The keys are:

`title`          the ticket's title, in place of the subject
`kind`           `client` or `internal`; `cliente`, `interno` too
`request_type`   a request type's id, or its label
`service`        a service's id, or its label
`priority`       `high`, `medium`, `low`; `alta`, `média`, `baixa` too
`level`          a level of the roster, in any case of letters
`owner`          a login of the roster, or that person's e-mail address
`client`         whose matter it is, as the desk is to write it
`client_ref`     that client at the desk, by the desk's own id
`deadline`       ISO 8601: a day (until that day's closing) or an instant, without a zone the desk's
`acknowledge`    `no`: nothing is sent to the requester

Other keys are the channel's own and nobody here reads them. A value that means nothing is never a
refusal: it is left to the rules, and an internal note says so.
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
"""Characters of a value that are read, and that a note repeats."""
MOST_NAMED = 12
"""Names that a note gives where none is close to what was said."""
END_OF_DAY = time(23, 59)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What was said, as far as it means something; None is left to the rules."""

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
    """In pt-BR: what was said and means nothing."""


NOTHING_STATED = Stated()


def stated(
    fields: Mapping[str, str], *, sla: SlaTable, roster: Roster, calendar: BusinessCalendar
) -> Stated:
    """Read a message's fields by the firm's tables."""
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
    """As `stated` reads a kind."""
    return KINDS.get(_plain(text))


def asks_for_silence(fields: Mapping[str, str]) -> bool:
    """Whether whoever wrote the fields wants no acknowledgement to go out."""
    return _plain(fields.get("acknowledge", "")) in NO


def _by_name(labels: Mapping[str, str]) -> dict[str, str]:
    """Ids by what they may be called; an id counts before another's label."""
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
    """Without accents, case and the marks between words."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() or c in "@." else " " for c in letters if c.isascii())
    return " ".join(kept.split())


def _unknown(name: str, value: str, choices: Iterable[str]) -> str:
    names = sorted(map(str, choices))
    close = get_close_matches(value.lower(), names, n=1) or names[:MOST_NAMED]
    hint = f" (conhecemos: {', '.join(close)})" if close else ""
    return f"O pedido diz {name} “{value}”, que não existe aqui{hint}: valem as regras."


FIRST_YEAR_UNTHINKABLE = 2100
"""To count business days to the year 7915 takes minutes."""


def _deadline(text: str | None, calendar: BusinessCalendar, notes: list[str]) -> datetime | None:
    """A day means until its closing; one on which the desk is closed, until its end."""
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
