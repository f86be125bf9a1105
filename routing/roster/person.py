"""One person on the roster: where they answer, when they are there, whom they own."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from routing.calendar import BusinessCalendar, CalendarNeverOpen, Interval, OwnWeek
from routing.roster.client import owns


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """Days away, both ends included; without `last`, until further notice."""

    first: date
    last: date | None = None
    reason: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Way(StrEnum):
    """By which somebody of the team is told something."""

    ODOO = "odoo"
    """A note on the ticket at the desk, whichever desk that is."""
    EMAIL = "email"
    WHATSAPP = "whatsapp"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A member of the support team."""

    login: str
    name: str
    email: str = ""
    phone: str = ""
    """In E.164."""
    levels: tuple[str, ...] = ()
    hours: OwnWeek | None = None
    """Hours of their own, where they are not the desk's."""
    absences: tuple[Absence, ...] = ()
    skills: frozenset[str] = frozenset()
    """Request types; empty: all of their levels'."""
    clients: tuple[str, ...] = ()
    """Whose own person this is: e-mail addresses, domains, telephone numbers or names."""
    channels: tuple[Way, ...] = (Way.ODOO, Way.EMAIL)
    """The ways by which they are told."""
    quiet: tuple[Interval, ...] = ()
    """Hours of every day during which no message rings at their telephone."""

    def absence_on(self, day: date) -> Absence | None:
        """The absence that covers a day."""
        return next((each for each in self.absences if each.covers(day)), None)

    def owns(self, client: str) -> bool:
        """Whether a client (an e-mail address, a telephone number or a name) is theirs."""
        return any(owns(entry, client) for entry in self.clients)

    def handles(self, request_type: str | None) -> bool:
        """Whether they take tickets of a request type."""
        return not self.skills or request_type in self.skills

    def calendar(self, desk: BusinessCalendar) -> BusinessCalendar:
        """Their hours at a desk, absences aside."""
        return desk if self.hours is None else desk.for_person(self.hours)

    def away(self, at: datetime, desk: BusinessCalendar) -> Absence | None:
        """The absence because of which they miss their next hours from `at` on."""
        try:
            return self.absence_on(self.calendar(desk).next_opening(at).date())
        except CalendarNeverOpen:
            return None

    def at_work(self, at: datetime, desk: BusinessCalendar) -> bool:
        """Whether they are at the desk at that instant."""
        day = at.astimezone(desk.zone).date()
        return self.calendar(desk).is_open(at) and self.absence_on(day) is None

    def starts_at(self, at: datetime, desk: BusinessCalendar) -> datetime | None:
        """The first instant from `at` on at which they work: `at` itself where they do.

        None where none is in sight.
        """
        hours = self.calendar(desk)
        try:
            opening = hours.next_opening(at)
            while absence := self.absence_on(opening.date()):
                if absence.last is None or absence.last == date.max:
                    return None
                back = absence.last + timedelta(days=1)
                opening = hours.next_opening(datetime.combine(back, time.min, tzinfo=desk.zone))
        except CalendarNeverOpen:
            return None
        return opening
