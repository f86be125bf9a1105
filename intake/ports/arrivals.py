"""What a listener passes on (bytes, their source and a key), and what it needs from the daemon.

The store implements these protocols. `intake.ports.memory_inbox` has in-memory twins for tests and
trials.
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
    """Something that was received and not parsed yet.

    `key` is the same if the same thing is received again (`imap:suporte/INBOX:1700000000:42`).
    `received_at` is when the server that holds it got it, never later than now.
    """

    source: str
    key: str
    channel: Channel
    received_at: datetime
    raw: bytes = field(repr=False)
    complete: bool = True
    """False if only the beginning was fetched, because the whole exceeds the size limit."""
    details: Mapping[str, str] = field(default_factory=dict)
    """What the channel knows in addition to the bytes, for instance `envelope_sender` or `size`.
    With `existing`, it was in the mailbox before our first look and must not be answered.
    """
    files: tuple["NamedFile", ...] = ()
    """Files that the bytes only name. They are fetched afterwards."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedFile:
    """A file given by its URL."""

    url: str = field(repr=False)
    content_type: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """How far a mailbox folder has been read (RFC 3501, 2.3.1.1)."""

    uid_validity: int
    last_uid: int
    """The highest UID that was looked at, 0 for none."""
    first_uid: int = 0
    """The highest UID that was already there at the look of `looked_at`. 0 after the server
    renumbered the folder.
    """
    left_before: datetime | None = None
    """In a chat: messages written before this time are ignored."""
    first_look_at: datetime | None = None
    """When the mailbox was looked at for the very first time; None where age does not matter.

    It must be kept with the cursor: after a change of UIDVALIDITY the earlier UIDs mean nothing,
    and only times keep the old mail of a full mailbox from being answered.
    """
    looked_at: datetime | None = None
    """The same time, or that of the first look after the database was restored."""
    newest_existing: datetime | None = None
    """When the newest message there at that look had arrived, by the server's clock; None if
    nothing had arrived shortly before.
    """
    generation: int = 0
    """How often the server started over with lower UIDs under the same UIDVALIDITY (a restored
    backup).
    """
    restored: bool = field(default=False, compare=False)
    """Whether the database was restored from a dump since this was written. Then nobody knows what
    was answered meanwhile. Set by the store when it reads the cursor, never written.
    """


class LeaseLost(Unavailable):
    """another daemon listens to this mailbox now"""


class IntakeUnavailable(Unavailable):
    """the journal cannot take anything in just now"""


class Intake(Protocol):
    """Accepts arrivals and keeps the listeners' cursors."""

    async def accept(
        self, arrivals: Sequence[Arrival], *, source: str, cursor: Cursor | None = None
    ) -> int:
        """Store arrivals, their jobs and the cursor in one durable transaction.

        Returns how many were new; a known key changes nothing. Only when this has returned may the
        source be told that we have them. Raises on any failure, and then nothing is stored;
        IntakeUnavailable means that it is worth trying again.
        """
        ...

    async def cursor(self, source: str) -> Cursor | None:
        """The folder's cursor; None before the first look."""
        ...

    async def known_keys(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of `keys` that are already stored."""
        ...

    def lease(self, source: str) -> AbstractAsyncContextManager[bool]:
        """Ask to be the only listener of `source`, among all daemons on the database.

        The context yields True if we are, until its end; False at once if another daemon is.
        """
        ...

    async def check_lease(self, source: str) -> None:
        """Raises LeaseLost if the lease is no longer ours (its connection died)."""
        ...


class TokenSlot(Protocol):
    """Access to one refresh token while nobody else can use it."""

    async def load(self) -> str | None:
        """The newest stored token; None if there is none."""
        ...

    async def save(self, token: str) -> None:
        """Store a new token. It is durable once the turn has ended without an error."""
        ...


class TokenStore(Protocol):
    """Stores OAuth refresh tokens, because a rotated one must survive a restart."""

    def turn(self, name: str) -> AbstractAsyncContextManager[TokenSlot]:
        """Wait for a turn in which no other daemon renews that token.

        A provider that lets each token be used once takes a second use for a theft. Raises
        IntakeUnavailable if it is worth trying again.
        """
        ...


class Progress(Protocol):
    """Is told how each listener is doing (metrics, health, the demo's table)."""

    def listener_ok(self, source: str) -> None:
        """The source has just answered."""
        ...

    def listener_failed(self, source: str, reason: str) -> None:
        """The source could not be reached; it is tried again."""
        ...
