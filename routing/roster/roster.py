"""The roster: the levels of support, the people on them, and who takes a ticket."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from routing.calendar import BusinessCalendar
from routing.calendar.span import in_utc
from routing.phone.ninth_digit import phone_forms
from routing.roster.assignment import Assignment, Load, Strategy
from routing.roster.choice import Choice
from routing.roster.person import Person
from routing.suggestion import suggestion

LEVELS = ("N0", "N1", "N2", "Coordenação")
"""The procedure's levels of support, in order of escalation."""


class UnknownLevel(LookupError):
    """the roster has no such level"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """The roster (Quadro de Suporte): levels in order of escalation, and the people on them."""

    levels: tuple[str, ...] = LEVELS
    people: tuple[Person, ...] = ()
    strategy: Strategy = Strategy.IN_TURN
    fallback: Mapping[str, str] = field(default_factory=dict)
    """Level → the level that takes its tickets if nobody is on it; by default the next level."""

    def choose(
        self,
        level: str,
        *,
        at: datetime,
        calendar: BusinessCalendar,
        request_type: str | None = None,
        client: str | tuple[str, ...] | None = None,
        asked: str | None = None,
        load: Load,
    ) -> Assignment:
        """Choose the owner of a ticket that reaches `level` at `at`.

        The order of choice is:

        1. the login that was `asked` for;
        2. the person on the level who looks after the client, if they work on the day on which the
           clock starts;
        3. a person at work, by the strategy; those with the request type among their skills first;
        4. if nobody is at work, the person who will be at work first.

        People on leave are passed over. A level without anybody available falls back to the next
        one, by `fallback`. If everybody on all levels is on leave, the person who is back first
        gets the ticket. `client` is an e-mail address, telephone number or name, or several of
        these. The same values always give the same owner. Raises UnknownLevel.
        """
        line = self._line(level, self.levels)
        choice = self._choice(at, calendar, load, request_type, client)
        notes: list[str] = []
        if asked is not None:
            if found := self._asked(asked, level, choice):
                return found
            notes.append(f"{asked} foi indicado no pedido, mas não está no quadro ou está ausente.")
        if found := self._among(line, choice, notes):
            return found
        reason = "O quadro de suporte está vazio: o chamado ficou sem responsável."
        return Assignment(owner=None, level=level, reason=reason, at_work=False, starts_at=None)

    def choose_above(
        self,
        level: str,
        *,
        at: datetime,
        calendar: BusinessCalendar,
        request_type: str | None = None,
        client: str | tuple[str, ...] | None = None,
        without: str | None = None,
        load: Load,
    ) -> Assignment | None:
        """As `choose`, but only among the levels above this one, the next one first.

        `without` is a login that is never chosen. None if nobody else is on any level above. Raises
        UnknownLevel.
        """
        above = self.levels[self._position(level) + 1 :]
        if not above:
            return None
        choice = self._choice(at, calendar, load, request_type, client)
        return self._among(self._line(above[0], above), choice, [], without=without)

    def choose_other(
        self,
        level: str,
        *,
        at: datetime,
        calendar: BusinessCalendar,
        request_type: str | None = None,
        client: str | tuple[str, ...] | None = None,
        without: str | None = None,
        load: Load,
    ) -> Assignment | None:
        """As `choose`, but never the login `without`; None if there is nobody else.

        Raises UnknownLevel.
        """
        choice = self._choice(at, calendar, load, request_type, client)
        return self._among(self._line(level, self.levels), choice, [], without=without)

    def _choice(
        self,
        at: datetime,
        calendar: BusinessCalendar,
        load: Load,
        request_type: str | None,
        client: str | tuple[str, ...] | None,
    ) -> Choice:
        return Choice(
            at=in_utc(at),
            calendar=calendar,
            load=load,
            strategy=self.strategy,
            request_type=request_type,
            clients=(client,) if isinstance(client, str) else client or (),
        )

    def _among(
        self, line: Sequence[str], choice: Choice, notes: list[str], *, without: str | None = None
    ) -> Assignment | None:
        """Somebody available on the first level that has one, else the person who is back first."""
        people = [
            (step, sorted(self._others(step, without), key=lambda each: each.login))
            for step in line
        ]
        for step, there in people:
            if found := choice.on_level(step, there):
                return _noted(found, notes)
            notes.append(f"Não há ninguém disponível no nível {step}.")
        all_away = [(step, person) for step, there in people for person in there]
        return _noted(choice.first_back(all_away), notes) if all_away else None

    def _others(self, level: str, without: str | None) -> Iterator[Person]:
        return (person for person in self.on(level) if person.login != without)

    def _asked(self, login: str, level: str, choice: Choice) -> Assignment | None:
        person = self.person(login)
        if person is None:
            return None
        own = [step for step in self.levels if step in person.levels]
        return choice.by_name(person, level if level in own or not own else own[0])

    def _line(self, level: str, within: tuple[str, ...]) -> tuple[str, ...]:
        """A level, the levels that it falls back to in order, then all others of `within`."""
        position = self._position(level)
        upward = self.levels[position + 1 :]
        downward = reversed(self.levels[:position])
        line = [level]
        while (step := self.fallback.get(line[-1])) in within and step not in line:
            line.append(step)
        line += [step for step in (*upward, *downward) if step in within and step not in line]
        return tuple(line)

    def _position(self, level: str) -> int:
        if level not in self.levels:
            raise UnknownLevel(f"unknown level {level!r}; {suggestion(level, self.levels)}")
        return self.levels.index(level)

    def without(self, logins: Collection[str]) -> "Roster":
        """The roster without these people."""
        kept = tuple(person for person in self.people if person.login not in logins)
        return replace(self, people=kept)

    def on(self, level: str) -> tuple[Person, ...]:
        """The people on a level."""
        return tuple(person for person in self.people if level in person.levels)

    def person(self, login: str) -> Person | None:
        """The person with that login, in upper or lower case, or None."""
        wanted = login.strip().casefold()
        return next((each for each in self.people if each.login.casefold() == wanted), None)

    def addresses(self) -> frozenset[str]:
        """Everybody's e-mail addresses (lower case) and telephone numbers (E.164).

        Brazilian mobile numbers are included in both forms, with and without the ninth digit.
        """
        emails = {person.email.casefold() for person in self.people if person.email}
        phones = [phone_forms(person.phone) for person in self.people if person.phone]
        return frozenset(emails).union(*phones)


def _noted(assignment: Assignment, notes: list[str]) -> Assignment:
    return replace(assignment, reason=" ".join([*notes, assignment.reason]))
