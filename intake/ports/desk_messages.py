"""What people write on tickets at a desk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A note or comment that one of the desk's people wrote."""

    id: int
    """The desk's own, which grows."""
    ticket_ref: str
    """The desk's own id of the ticket."""
    who: str | None
    """A login."""
    internal: bool
    """Whether no client can read it."""
    text: str = field(repr=False)
    """As a reader sees it, in lines."""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What was written since the last time."""

    spoken: Sequence[Spoken]
    last: int
    """From where the next time goes on. It lies a little back: what is there again is known."""
