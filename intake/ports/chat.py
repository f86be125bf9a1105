"""What the daemon asks of a chat: lines that people wrote, and a way to answer them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

ROOM = "discuss:"
"""How the address of a message in a room begins: `discuss:12/345`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """Somebody of the team who wrote."""

    login: str
    name: str = ""
    address: str = field(default="", repr=False)
    """An e-mail address, or empty."""
    is_member: bool = True
    """Of the room; others may have been let in to read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A message in the room."""

    id: int
    """The chat's own, which grows."""
    at: datetime
    html: str = field(repr=False)
    author: Author


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What was written after some message."""

    written: Sequence[Written]
    last: int
    """From where the next look goes on. It lies a little back: numbers are given out before their
    message can be seen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Doorstep:
    """A room as it is found."""

    id: int
    newest: int
    """The number of its last message, 0 for none."""
    newest_at: datetime | None
    made_for_us: bool = False
    """By setup: nobody else was ever commanded there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A client that the desk knows."""

    ref: str
    """The desk's own id."""
    name: str
    address: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomAnswer:
    """What is said in the room."""

    mark: str
    """The same for the same answer: it is not said twice."""
    text: str = field(repr=False)
    to: int
    """The message that it answers."""
    number: str = ""
    """Of the ticket, which stands in the text."""
    link: str = ""
    """Where that is."""


class RoomRefuses(Exception):
    """the chat does not let us speak there"""


class Room(Protocol):
    """A channel of Odoo's Discuss, or memory. All but `RoomRefuses` raises DeskUnavailable."""

    @property
    def name(self) -> str:
        """As people see it."""
        ...

    async def enter(self) -> Doorstep:
        """Find it."""
        ...

    async def after(self, last: int, *, seen: Collection[int] = ()) -> News:
        """What people of the team wrote, but for the messages of `seen`; never what we did."""
        ...

    async def contacts(self, name: str) -> Sequence[Contact] | None:
        """Clients of that name, some of them where there are many; None where we may not look."""
        ...

    async def say(self, room: int, answer: RoomAnswer) -> None:
        """Once, however often it is called. Raises RoomRefuses where it never will be said."""
        ...

    async def check(self) -> str:
        """A line for `intake doctor`, which says what to do about it where it raises."""
        ...
