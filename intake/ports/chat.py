"""A chat in which the team gives commands: the lines people wrote, and a way to answer them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

ROOM = "discuss:"
"""Prefix of the address of a message in a chat: `discuss:12/345`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """A member of the team who wrote a message."""

    login: str
    name: str = ""
    address: str = field(default="", repr=False)
    """An e-mail address, or empty."""
    is_member: bool = True
    """Whether they are a member of the chat. Others may have been let in to read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A message in the chat."""

    id: int
    """The chat's own id, which grows."""
    at: datetime
    html: str = field(repr=False)
    author: Author


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLines:
    """Messages written after a given one."""

    written: Sequence[Written]
    last: int
    """Where the next look continues. It is a little before the newest message, because ids are
    given out before their message becomes visible.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelState:
    """The state of a chat when it is entered."""

    id: int
    newest: int
    """The id of its last message, 0 for none."""
    newest_at: datetime | None
    created_by_setup: bool = False
    """Whether setup created it for us, so that it holds no commands meant for anybody else."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """A client that the desk knows."""

    ref: str
    """The desk's own id."""
    name: str
    address: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatReply:
    """An answer to be written in the chat."""

    mark: str
    """Identifies the answer, so that it is not written twice."""
    text: str = field(repr=False)
    to: int
    """The id of the message that it answers."""
    number: str = ""
    """The ticket's number, as it appears in the text."""
    link: str = ""
    """The ticket's URL at the desk."""


class ChatRefused(Exception):
    """the chat does not let us speak there"""


class Chat(Protocol):
    """A channel of Odoo's Discuss, or its twin in memory. All methods may raise DeskUnavailable."""

    @property
    def name(self) -> str:
        """The name that people see."""
        ...

    async def enter(self) -> ChannelState:
        """Find the chat."""
        ...

    async def after(self, last: int, *, seen: Collection[int] = ()) -> NewLines:
        """Messages of the team after `last`, without those in `seen`. Never our own."""
        ...

    async def contacts(self, name: str) -> Sequence[Contact] | None:
        """Clients of that name, only some if there are many; None if we have no right to look."""
        ...

    async def say(self, room: int, answer: ChatReply) -> None:
        """Write an answer, only once even if called repeatedly. Raises ChatRefused if it will never
        be possible.
        """
        ...

    async def check(self) -> str:
        """A line for `intake doctor`. The exception it raises says what to do."""
        ...
