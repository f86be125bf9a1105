"""What people write on tickets at a desk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskMessage:
    """A note or comment that somebody wrote at the desk."""

    id: int
    """The desk's own id, which grows."""
    ticket_ref: str
    """The desk's own id of the ticket."""
    who: str | None
    """A login."""
    internal: bool
    """Whether it is internal, so that no client can read it."""
    text: str = field(repr=False)
    """Plain text with line breaks, as a reader sees it."""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskMessagePage:
    """What was written since the last read."""

    spoken: Sequence[DeskMessage]
    last: int
    """Where the next read continues. It is a little before the newest message, so some messages are
    read again; they are recognised.
    """
