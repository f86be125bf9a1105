"""To-dos of people, as a desk may take them: what an alarm asks of one person on a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskTodo:
    """Something that one person should do on a ticket that the desk has."""

    external_id: str
    """The same to-do, the same id: what makes it repeatable."""
    ticket_ref: str
    """The desk's own id of the ticket."""
    ticket_url: str | None
    """What the desk gave with that id: from another desk it is another."""
    login: str
    summary: str
    body_html: str = field(repr=False)
    due_on: date


@runtime_checkable
class DeskTodos(Protocol):
    """A desk that has to-dos. Both calls may be repeated and then change nothing more."""

    async def remind(self, todos: Sequence[DeskTodo]) -> Mapping[str, str]:
        """Give people these. Returns those that the desk refuses, by external id, with its words.

        Raises DeskUnavailable.
        """
        ...

    async def settle(self, external_ids: Sequence[str]) -> None:
        """What these ask for is done: they go. Raises DeskUnavailable."""
        ...
