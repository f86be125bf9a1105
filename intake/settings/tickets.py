"""[tickets] and [organisation]: ticket numbers, reopening, and the firm's name and domains."""

from pydantic import Field, field_validator

from intake.settings.internet_names import Domain
from intake.settings.section import Section

LONGEST_NUMBER = 30
"""Most characters in the first number of a year; routing.threading finds up to 40 in a subject."""


class Tickets(Section):
    """Ticket numbers, and when a closed ticket is reopened."""

    number: str = "R3-{year}-{seq:06}"
    """A format with {year} and {seq}; the default gives R3-2026-000123. With {year}, counting
    restarts each year; without it, it never restarts."""
    reopen_days: float = Field(default=7, ge=0, le=3650)
    """Days after closing within which a client's reply reopens the ticket."""

    @property
    def counts_by_year(self) -> bool:
        """Whether the number contains the year, so that the count can restart each year."""
        return self.number.format(year=2026, seq=1) != self.number.format(year=2027, seq=1)

    @field_validator("number")
    @classmethod
    def _format(cls, value: str) -> str:
        try:
            sample = value.format(year=2026, seq=1)
            other = value.format(year=2026, seq=2)
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError("use {year} and {seq}, for instance R3-{year}-{seq:06}") from error
        if sample == other:
            raise ValueError("must contain {seq}, or two tickets would have one number")
        if not 3 <= len(sample) <= LONGEST_NUMBER:
            raise ValueError(
                f"it gives {sample[:60]!r}: a number has 3 to {LONGEST_NUMBER} characters"
            )
        if not all(c.isalnum() or c in "-_/." for c in sample):
            raise ValueError("only letters, digits and - _ / . can stand in a number")
        return value


class Organisation(Section):
    """The firm."""

    name: str = "R3izzy"
    """The firm's name in replies."""
    domains: tuple[Domain, ...] = ("r3izzy.com.br",)
    """Senders of these domains and of their subdomains are internal."""
