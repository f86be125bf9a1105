"""Messages as stored."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from routing.vocabulary import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFile:
    """A file that a message only names. It is fetched after the message, if it can be."""

    position: int
    url: str = field(repr=False)
    content_type: str
    state: Literal["waiting", "here", "given_up"]
    content: bytes = field(default=b"", repr=False)
    detail: str = ""
    """Why it was given up."""
    late: bool = False
    """Whether it came after its message had been decided, so that it has an entry of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredMessage:
    """A row of `messages`, with the bytes as received."""

    id: int
    key: str
    source: str
    channel: Channel
    received_at: datetime
    complete: bool
    details: Mapping[str, str]
    raw: bytes = field(repr=False)
    thread: str
    digest: str
    state: str
    outcome: str | None
    error: str | None
    attempts: int
    ticket_id: int | None
    files: tuple[StoredFile, ...] = ()
    """The files, for channels whose messages only name them."""


class ChannelUnknown(Exception):
    """no reader for messages of this channel"""
