"""What a listener hands over: bytes, where they came from, and a key.

The ports here are what a listener needs of the rest of the daemon. The journal fills them; the
in-memory twins in `intake.ports.memory_inbox` do for tests and trials.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from intake.ports.unavailable import Unavailable
from routing.vocabulary import Channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """Something that came in, before anybody looked inside.

    `key` is the same if the same thing comes again (`imap:suporte/INBOX:1700000000:42`);
    `received_at` is when the server that holds it got it, never later than now.
    """

    source: str
    key: str
    channel: Channel
    received_at: datetime
    raw: bytes = field(repr=False)
    complete: bool = True
    """False where only the beginning was fetched, because the whole is over the size limit."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What the channel knows beside the bytes, for instance `envelope_sender` or `size`; with
    `existing`, it was in the mailbox before our first look and is to be answered by nobody."""
    files: tuple["NamedFile", ...] = ()
    """Files that the bytes only name: they are fetched afterwards."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedFile:
    """A file by its address."""

    url: str = field(repr=False)
    content_type: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """How far a mailbox folder has been read (RFC 3501, 2.3.1.1)."""

    uid_validity: int
    last_uid: int
    """The highest UID that was looked at, 0 for none."""
    first_uid: int = 0
    """UIDs up to this one were there at the look. 0 after the server gave out new UIDs."""
    left_before: datetime | None = None
    """In a chat: what was written before this is left alone."""
    first_look_at: datetime | None = None
    """When the mailbox was looked at for the very first time; None where age does not count.

    It must be kept with the cursor: after a change of UIDVALIDITY the UIDs of before say nothing,
    and only times keep a mailbox full of old mail from being answered.
    """
    looked_at: datetime | None = None
    """The same, or when it was looked at first after the database had been restored."""
    newest_existing: datetime | None = None
    """When the newest of what was there at that look had arrived, by the server's clock; None
    where nothing there had arrived shortly before."""
    generation: int = 0
    """How often the server gave out the UIDs of one UIDVALIDITY anew (a restored backup)."""
    restored: bool = field(default=False, compare=False)
    """Whether the database has been restored from a dump since this was written: then nobody knows
    what was answered meanwhile. Set by the journal, never written."""


class LeaseLost(Unavailable):
    """another daemon listens to this mailbox now"""


class IntakeUnavailable(Unavailable):
    """the journal cannot take anything in just now"""


class Intake(Protocol):
    """Where arrivals go and where listeners keep their place."""

    async def accept(
        self, arrivals: Sequence[Arrival], *, source: str, cursor: Cursor | None = None
    ) -> int:
        """Store arrivals, their jobs and the cursor in one durable transaction.

        Returns how many were new; a known key changes nothing. Only when this has returned may
        the source be told that we have them. Raises on any failure (IntakeUnavailable where it
        is worth trying again), and then nothing is stored.
        """
        ...

    async def cursor(self, source: str) -> Cursor | None:
        """The folder's place, None before the first look."""
        ...

    async def known_keys(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of `keys` that the journal has."""
        ...

    def lease(self, source: str) -> AbstractAsyncContextManager[bool]:
        """Ask to be the only listener of `source`, among all daemons on the database.

        The context gives True where we are, until its end; False at once where another is.
        """
        ...

    async def check_lease(self, source: str) -> None:
        """Raises LeaseLost where the lease is no longer ours (its connection died)."""
        ...


class TokenSlot(Protocol):
    """The place of one refresh token, for as long as it is ours alone."""

    async def load(self) -> str | None:
        """The newest one."""
        ...

    async def save(self, token: str) -> None:
        """Put down another. It is durable once the turn has ended without an error."""
        ...


class TokenStore(Protocol):
    """Where OAuth refresh tokens are kept: a rotated one must survive us."""

    def turn(self, name: str) -> AbstractAsyncContextManager[TokenSlot]:
        """Wait until nobody else, of all daemons, is renewing that token; then it is our turn.

        Two who spent the same token would look like thieves to a provider that lets each be used
        once. Raises IntakeUnavailable where it is worth trying again.
        """
        ...


class Progress(Protocol):
    """Who wants to know how a listener is doing (metrics, health, the demo's table)."""

    def listener_ok(self, source: str) -> None:
        """The source answered just now."""
        ...

    def listener_failed(self, source: str, reason: str) -> None:
        """The source could not be reached; it is tried again."""
        ...
