"""[roster] and [[roster.person]]: the support team (Quadro de Suporte)."""

import datetime
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from intake.settings.complaint import Complaints
from intake.settings.hours import DayHours, OwnHours, check_order
from intake.settings.section import Section
from routing.calendar import parse_hours
from routing.roster import LEVELS, Absence, Person, Strategy
from routing.roster import Roster as RoutingRoster
from routing.roster.person import Way
from routing.suggestion import suggestion


def _email(text: str) -> str:
    local, at, domain = text.partition("@")
    if text and (" " in text or not (local and at and "." in domain)):
        raise ValueError(f"{text!r} is no e-mail address")
    return text.lower()


def _phone(text: str) -> str:
    bare = "".join(each for each in text if each not in " -().")
    if bare and not (bare.startswith("+") and bare[1:].isdecimal() and 8 <= len(bare[1:]) <= 15):
        raise ValueError(
            f"{text!r} is no telephone number in E.164; write for instance +5511987654321"
        )
    return bare


class AbsenceRow(Section):
    """[[roster.person.absence]]: days away, from `first` to `last`; without `last`, until further
    notice."""

    first: datetime.date
    last: datetime.date | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _order(self) -> "AbsenceRow":
        check_order(self.first, self.last)
        return self

    def build(self) -> Absence:
        return Absence(first=self.first, last=self.last, reason=self.reason)


class PersonRow(Section):
    """[[roster.person]]: one person of the team."""

    login: str = Field(min_length=1)
    """The login at the desk (in Odoo, the user's)."""
    name: str = Field(min_length=1)
    email: Annotated[str, AfterValidator(_email)] = ""
    phone: Annotated[str, AfterValidator(_phone)] = ""
    levels: tuple[str, ...] = Field(min_length=1)
    hours: OwnHours | None = None
    absence: tuple[AbsenceRow, ...] = ()
    skills: tuple[str, ...] = ()
    """Request types that the person takes. Empty: all request types of their levels."""
    clients: tuple[str, ...] = ()
    """Clients whose tickets go to this person on days when they work: e-mail addresses, domains,
    telephone numbers, names."""
    channels: tuple[Way, ...] = Field(default=(Way.ODOO, Way.EMAIL), min_length=1)
    """How the person is notified: `odoo` (see `odoo.alarms`), `email`, `whatsapp`."""
    quiet: DayHours = ()
    """Hours of each day without WhatsApp messages, such as `["12:00-13:00", "18:00-24:00"]`."""

    def build(self) -> Person:
        return Person(
            login=self.login,
            name=self.name,
            email=self.email,
            phone=self.phone,
            levels=self.levels,
            hours=None if self.hours is None else self.hours.build(),
            absences=tuple(absence.build() for absence in self.absence),
            skills=frozenset(self.skills),
            clients=self.clients,
            channels=tuple(dict.fromkeys(self.channels)),
            quiet=parse_hours(self.quiet),
        )


class Roster(Section):
    """The levels in order of escalation, and the people on them."""

    levels: tuple[str, ...] = Field(default=LEVELS, min_length=1)
    strategy: Strategy = Strategy.IN_TURN
    fallback: dict[str, str] = Field(default_factory=dict)
    """Level → the level that gets its tickets while nobody is on it. Without an entry: the next
    level in order."""
    person: tuple[PersonRow, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> "Roster":
        complaints = Complaints("Roster")
        for number, level in enumerate(self.levels):
            if level in self.levels[:number]:
                complaints.add(("levels", number), f"{level!r} stands there twice")
        for source, target in self.fallback.items():
            for level in (source, target):
                self._check_level(level, ("fallback", source), complaints)
        logins: set[str] = set()
        for number, person in enumerate(self.person):
            if person.login.casefold() in logins:
                message = f"{person.login!r} stands there twice: join the two"
                complaints.add(("person", number, "login"), message)
            logins.add(person.login.casefold())
            for position, level in enumerate(person.levels):
                self._check_level(level, ("person", number, "levels", position), complaints)
        complaints.raise_if_any()
        return self

    def _check_level(
        self, level: str, place: tuple[int | str, ...], complaints: Complaints
    ) -> None:
        if level not in self.levels:
            complaints.add(place, f"unknown level {level!r}; {suggestion(level, self.levels)}")

    def build(self) -> RoutingRoster:
        """The roster from which routing chooses people."""
        return RoutingRoster(
            levels=self.levels,
            people=tuple(person.build() for person in self.person),
            strategy=self.strategy,
            fallback=self.fallback,
        )
