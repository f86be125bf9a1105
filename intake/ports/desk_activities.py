"""Activities (to-dos) at the desk: what an alarm asks one person to do on a ticket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskTodo:
    """Something that one person should do on a ticket that the desk has."""

    external_id: str
    """Always the same for the same to-do, so that adding it can be repeated."""
    ticket_ref: str
    """The desk's own id of the ticket."""
    ticket_url: str | None
    """The URL that the desk gave with that id. Another desk gives another one."""
    login: str
    summary: str
    body_html: str = field(repr=False)
    due_on: date


@runtime_checkable
class DeskTodos(Protocol):
    """A desk that supports to-dos. Repeating a call changes nothing more."""

    async def remind(self, todos: Sequence[DeskTodo]) -> Mapping[str, str]:
        """Add to-dos. Returns those that the desk refuses: external id → its message.

        Raises DeskUnavailable.
        """
        ...

    async def settle(self, external_ids: Sequence[str]) -> None:
        """Remove to-dos whose task is done. Raises DeskUnavailable."""
        ...
