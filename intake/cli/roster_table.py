"""The support team (Quadro de Suporte) as a table, in Portuguese."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from rich.table import Table

from intake.cli.table import titled
from routing.calendar import BusinessCalendar, OwnWeek
from routing.calendar.wording import moment
from routing.roster import Absence, Load, Person, Roster

_WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")


def roster_table(
    team: Roster, at: datetime, calendar: BusinessCalendar, load: Load | None
) -> Table:
    """Who is on which level, how to reach them, and whether they are at work at that time.

    With `load`, also how many open tickets each person has.
    """
    table = titled(
        f"Quadro de suporte em {moment(at.astimezone(calendar.zone))}",
        "Nível",
        "Nome",
        "Login",
        "Contato",
        "Presente",
        "Observação",
        *(() if load is None else ("Abertos",)),
    )
    for level in team.levels:
        people = team.on(level)
        for number, person in enumerate(people):
            table.add_row(
                level if number == 0 else "",
                person.name,
                person.login,
                "\n".join(filter(None, (person.email, person.phone))),
                "sim" if person.at_work(at, calendar) else "não",
                "\n".join(_remarks(person, at, calendar)),
                *(() if load is None else (str(load.open_tickets.get(person.login, 0)),)),
            )
        if not people:
            table.add_row(level, "(ninguém)")
    return table


def _remarks(person: Person, at: datetime, calendar: BusinessCalendar) -> Iterator[str]:
    today = at.astimezone(calendar.zone).date()
    away = person.away(at, calendar)
    if not person.at_work(at, calendar):
        starts_at = person.starts_at(at, calendar)
        when = f"a partir de {starts_at:%d/%m/%Y %H:%M}" if starts_at else "sem data de volta"
        yield f"{_reason(away)}; {when}" if away else when
    for absence in person.absences:
        if absence is not away and absence.first >= today:
            until = f" a {absence.last:%d/%m/%Y}" if absence.last else ", sem data de volta"
            yield f"{_reason(absence)}: {absence.first:%d/%m/%Y}{until}"
    if person.hours is not None:
        yield f"horário próprio: {', '.join(_own_hours(person.hours))}"
    if person.skills:
        yield f"atende só: {', '.join(sorted(person.skills))}"
    if person.clients:
        yield f"clientes próprios: {', '.join(person.clients)}"


def _reason(absence: Absence) -> str:
    return absence.reason or "ausência"


def _own_hours(week: OwnWeek) -> Iterator[str]:
    """`seg a qui 11:00-20:00`, `sex folga`; days with the desk's hours are left out."""
    days = zip(_WEEKDAYS, week, strict=True)
    for hours, run in groupby(days, key=lambda each: each[1]):
        if hours is not None:
            names = [name for name, _ in run]
            span = names[0] if len(names) == 1 else f"{names[0]} a {names[-1]}"
            yield f"{span} {' e '.join(map(str, hours)) or 'folga'}"
