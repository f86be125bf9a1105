"""A person on the roster: their levels, their hours and their clients."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from routing.calendar import BusinessCalendar, CalendarNeverOpen, Interval, OwnWeek
from routing.roster.client import owns


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """Days of leave, both ends included; without `last`, until further notice."""

    first: date
    last: date | None = None
    reason: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


class Way(StrEnum):
    """A channel by which a person of the team is notified."""

    ODOO = "odoo"
    """A note on the ticket at the desk, even if the desk is not Odoo."""
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
    """Their own hours; None if they are the desk's."""
    absences: tuple[Absence, ...] = ()
    skills: frozenset[str] = frozenset()
    """Request types that they handle; empty: all of their levels'."""
    clients: tuple[str, ...] = ()
    """The clients they look after: e-mail addresses, domains, telephone numbers or names."""
    channels: tuple[Way, ...] = (Way.ODOO, Way.EMAIL)
    """The channels by which they are notified."""
    quiet: tuple[Interval, ...] = ()
    """Hours of every day during which they get no message on their telephone."""

    def absence_on(self, day: date) -> Absence | None:
        """The absence that covers a day, or None."""
        return next((each for each in self.absences if each.covers(day)), None)

    def owns(self, client: str) -> bool:
        """Whether they look after a client (an e-mail address, a telephone number or a name)."""
        return any(owns(entry, client) for entry in self.clients)

    def handles(self, request_type: str | None) -> bool:
        """Whether they handle a request type."""
        return not self.skills or request_type in self.skills

    def calendar(self, desk: BusinessCalendar) -> BusinessCalendar:
        """Their working hours at a desk, without regard to absences."""
        return desk if self.hours is None else desk.for_person(self.hours)

    def away(self, at: datetime, desk: BusinessCalendar) -> Absence | None:
        """The absence that covers their next working day from `at` on, or None."""
        try:
            return self.absence_on(self.calendar(desk).next_opening(at).date())
        except CalendarNeverOpen:
            return None

    def at_work(self, at: datetime, desk: BusinessCalendar) -> bool:
        """Whether they are at work at that instant."""
        day = at.astimezone(desk.zone).date()
        return self.calendar(desk).is_open(at) and self.absence_on(day) is None

    def starts_at(self, at: datetime, desk: BusinessCalendar) -> datetime | None:
        """The first instant from `at` on at which they are at work: `at` itself if they are.

        None if their absence has no end, or they have no hours.
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
