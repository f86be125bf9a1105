"""Chooses the owner of one ticket."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from routing.calendar import BusinessCalendar, CalendarNeverOpen
from routing.calendar.wording import moment
from routing.roster.assignment import Assignment, Load, Strategy
from routing.roster.person import Person

_NEVER = datetime.max.replace(tzinfo=UTC)


def _in_turn(load: Load, login: str) -> tuple[int, ...]:
    return (load.last_assigned.get(login, -1),)


def _least_open(load: Load, login: str) -> tuple[int, ...]:
    return (load.open_tickets.get(login, 0), *_in_turn(load, login))


_ORDERS: dict[Strategy, Callable[[Load, str], tuple[int, ...]]] = {
    Strategy.IN_TURN: _in_turn,
    Strategy.LEAST_OPEN: _least_open,
}
_WHY: dict[Strategy, str] = {
    Strategy.IN_TURN: "é de quem é a vez",
    Strategy.LEAST_OPEN: "é quem tem menos chamados abertos ({open})",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The choice of an owner for one ticket.

    Callers pass people sorted by login, which decides between people who are otherwise equal.
    """

    at: datetime
    """In UTC."""
    calendar: BusinessCalendar
    load: Load
    strategy: Strategy
    request_type: str | None = None
    clients: tuple[str, ...] = ()

    def by_name(self, person: Person, level: str) -> Assignment | None:
        """Assign the person who was asked for; None if they are on leave."""
        if person.away(self.at, self.calendar):
            return None
        return self._assignment(person, level, f"{person.name} foi quem o pedido indicou")

    def on_level(self, level: str, people: Sequence[Person]) -> Assignment | None:
        """Assign one of the people on a level; None if all are on leave or never work."""
        working = [person for person in people if self._starts_at(person) is not None]
        present = [person for person in working if not person.away(self.at, self.calendar)]
        if not present:
            return None
        own = self._in_order([person for person in people if self._is_own(person)])
        there = next((person for person in own if self._there_today(person, present)), None)
        if there is not None:
            return self._assignment(there, level, f"{there.name} cuida deste cliente")
        shared = self._shared(level, present, working)
        if own and shared.owner not in {person.login for person in own}:
            note = f"{own[0].name}, que cuida deste cliente, não está em expediente nesse dia."
            return replace(shared, reason=f"{note} {shared.reason}")
        return shared

    def first_back(self, people: Sequence[tuple[str, Person]]) -> Assignment:
        """Assign the person who is back first, of people who are all on leave.

        `people` are pairs of level and person. If two are back at the same time, the first is
        taken.
        """
        level, first = min(people, key=lambda each: self._starts_at(each[1]) or _NEVER)
        return self._assignment(first, level, f"{first.name} é quem volta primeiro")

    def _is_own(self, person: Person) -> bool:
        return any(person.owns(client) for client in self.clients)

    def _there_today(self, person: Person, present: Sequence[Person]) -> bool:
        """Whether the person works on the day on which the clock starts."""
        starts_at = self._starts_at(person)
        return (
            person in present
            and starts_at is not None
            and starts_at.astimezone(self.calendar.zone).date() == self._clock_day()
        )

    def _shared(
        self, level: str, present: Sequence[Person], working: Sequence[Person]
    ) -> Assignment:
        """Assign by the strategy, among those who are at work first and handle the request type.

        Somebody on leave counts too, if they are back before the others start work.
        """
        all_able = not any(person.handles(self.request_type) for person in present)
        able = [person for person in working if all_able or person.handles(self.request_type)]
        soonest = min(self._starts_at(person) or _NEVER for person in able)
        there = [person for person in able if self._starts_at(person) == soonest]
        versed = [person for person in there if self.request_type in person.skills]
        person = self._in_order(versed or there)[0]
        if soonest > self.at:
            nobody = "ninguém" if len(able) == len(working) else "ninguém que atenda isto"
            why = (
                f"{nobody} está em expediente agora no nível {level}, "
                f"e {person.name} é quem chega antes"
            )
        elif len(there) == 1:
            others = [each for each in working if each.at_work(self.at, self.calendar)]
            why = f"só {person.name} está em expediente no nível {level}"
            if len(others) > 1:
                why = f"no nível {level}, só {person.name} em expediente atende esta solicitação"
        else:
            number = self.load.open_tickets.get(person.login, 0)
            why = f"no nível {level}, {person.name} {_WHY[self.strategy].format(open=number)}"
        if person in versed and len(there) > 1:
            why += " entre quem é especialista nesta solicitação"
        return self._assignment(person, level, why)

    def _in_order(self, people: Sequence[Person]) -> list[Person]:
        order = _ORDERS[self.strategy]
        return sorted(people, key=lambda person: order(self.load, person.login))

    def _starts_at(self, person: Person) -> datetime | None:
        """When the person is next at work, in UTC: equal zones would be compared by local time."""
        starts_at = person.starts_at(self.at, self.calendar)
        return None if starts_at is None else starts_at.astimezone(UTC)

    def _clock_day(self) -> date | None:
        try:
            return self.calendar.next_opening(self.at).date()
        except CalendarNeverOpen:
            return None

    def _assignment(self, person: Person, level: str, why: str) -> Assignment:
        starts_at = person.starts_at(self.at, self.calendar)
        at_work = person.at_work(self.at, self.calendar)
        reason = why[0].upper() + why[1:]
        if starts_at is None:
            reason += " (sem expediente previsto)"
        elif not at_work:
            reason += f" (em expediente a partir de {moment(starts_at)})"
        return Assignment(
            owner=person.login,
            level=level,
            reason=f"{reason}.",
            at_work=at_work,
            starts_at=starts_at,
        )
