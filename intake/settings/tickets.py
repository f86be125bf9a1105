"""[tickets]: numbers, and how later messages find their ticket."""

from pydantic import Field, field_validator

from intake.settings.section import Section


class Tickets(Section):
    """The numbers of tickets, and when a closed one is opened again."""

    number: str = "R3-{year}-{seq:06}"
    """A format with {year} and {seq}; the default gives R3-2026-000123."""
    reopen_days: float = Field(default=7, ge=0)
    """Days after closing within which a client's reply reopens the ticket."""

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
        if not all(c.isalnum() or c in "-_/." for c in sample):
            raise ValueError("only letters, digits and - _ / . can stand in a number")
        return value


class Organisation(Section):
    """The firm."""

    name: str = "R3izzy"
    """As replies call it."""
    domains: tuple[str, ...] = ("r3izzy.com.br",)
    """Senders of these domains, and of those below them, are internal."""
