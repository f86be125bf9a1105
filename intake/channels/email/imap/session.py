"""One logged-in IMAP connection with one folder selected, for use from asyncio."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from imapclient.datetime_util import format_criteria_date
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from intake.channels.email.imap import login
from intake.channels.email.imap.idling_client import IdlingClient
from intake.net.backoff import pause
from intake.net.connection_thread import ConnectionThread
from intake.ports.listener import ListenerUnavailable
from intake.settings.listeners import Imap

WINDOW = 50_000
"""UIDs that one SEARCH spans, because imaplib refuses lines of more than a megabyte."""
DESCRIBED = 500
"""Maximum messages in one FETCH of sizes and dates."""
CLOSING = 2.0
"""Maximum seconds for LOGOUT."""
Result = TypeVar("Result")


class ConnectionBroken(ListenerUnavailable):
    """the connection to the mail server broke"""


class CommandRefused(ListenerUnavailable):
    """the mail server refuses a command"""

    @property
    def passing(self) -> bool:
        """Whether the server reports a temporary problem, not a wrong command (RFC 5530)."""
        return any(code in str(self).upper() for code in _PASSING)


_PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[THROTTLED]", "[OVERQUOTA]")


@dataclass(frozen=True, slots=True)
class Described:
    """Size in bytes and INTERNALDATE of a message, known before it is fetched."""

    size: int
    received_at: datetime | None


class ImapSession:
    """A logged-in connection, made by `imap_session()`.

    Every method may raise ConnectionBroken or CommandRefused.
    """

    def __init__(
        self, client: IdlingClient, thread: ConnectionThread, selected: login.Selected
    ) -> None:
        self._client = client
        self._thread = thread
        self.selected = selected

    async def uids_after(self, last: int) -> list[int]:
        """UIDs above `last`, ascending: all of them, or in a very full folder only the next ones.

        Empty only if there are none. `wait` notices at once whatever arrives after this call.
        """
        while self.selected.uid_next - last > WINDOW:
            found = await self.uids_between(last + 1, last + WINDOW)
            if found:
                return found
            last += WINDOW
        return [uid for uid in await self._search(f"UID {last + 1}:*") if uid > last]

    async def uids_between(self, first: int, last: int, criteria: str = "") -> list[int]:
        """Existing UIDs from `first` to `last` that match the SEARCH criteria, ascending."""
        found: list[int] = []
        for start in range(first, last + 1, WINDOW):
            end = min(start + WINDOW - 1, last)
            found += await self._search(f"UID {start}:{end} {criteria}".strip())
        return found

    async def _search(self, criteria: str) -> list[int]:
        def search() -> list[int]:
            self._client.forget_changes()
            return sorted(self._client.search(criteria))

        return await self._call(search)

    async def exists(self, uid: int) -> bool:
        """Whether a message still exists, after asking the server for recent deletions."""
        await self._call(self._client.noop)
        return bool(await self._search(f"UID {uid}"))

    async def describe(self, uids: Sequence[int]) -> dict[int, Described]:
        """Size and INTERNALDATE of those messages that still exist."""
        answer = await self._fetch(uids, "RFC822.SIZE", "INTERNALDATE")
        return {
            uid: Described(int(each[b"RFC822.SIZE"]), each.get(b"INTERNALDATE"))
            for uid, each in answer.items()
            if isinstance(each.get(b"RFC822.SIZE"), int)
        }

    async def newest_arrival(self, up_to: int, after: datetime, until: datetime) -> datetime | None:
        """The latest INTERNALDATE from `after` to `until` among messages up to UID `up_to`."""
        # SEARCH compares whole days only, in the server's time zone.
        day = format_criteria_date(after - timedelta(days=1)).decode()
        uids = await self.uids_between(1, up_to, f"SINCE {day}")
        newest: datetime | None = None
        for start in range(0, len(uids), DESCRIBED):
            described = await self.describe(uids[start : start + DESCRIBED])
            dates = [each.received_at for each in described.values() if each.received_at]
            near = [date for date in dates if after <= date <= until]
            newest = max([*near, newest] if newest else near, default=None)
        return newest

    async def bodies(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Whole messages by UID. \\Seen is not changed; messages the server omits are missing."""
        answer = await self._fetch(uids, "BODY.PEEK[]")
        return _bytes_of(answer, b"BODY[]")

    async def beginning(self, uid: int, *, header: int, text: int) -> bytes | None:
        """At most `header` bytes of a message's header and, if it is complete, `text` of the text.

        None if the server does not deliver it.
        """
        answer = await self._fetch(
            [uid], f"BODY.PEEK[HEADER]<0.{header}>", f"BODY.PEEK[TEXT]<0.{text}>"
        )
        head = _bytes_of(answer, b"BODY[HEADER]<0>").get(uid)
        if head is None:
            return None
        return head if len(head) >= header else head + _bytes_of(answer, b"BODY[TEXT]<0>")[uid]

    async def _fetch(self, uids: Sequence[int], *items: str) -> dict[int, dict[bytes, Any]]:
        answer: dict[int, dict[bytes, Any]] = await self._call(self._client.fetch, uids, items)
        return answer

    async def flag(self, uids: Sequence[int], keyword: str) -> None:
        """Set a keyword on messages."""
        await self._call(self._client.add_flags, uids, [keyword.encode()], True)

    async def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages by MOVE (RFC 6851), else by COPY and UID EXPUNGE (RFC 4315).

        If the server has neither, the originals stay in the folder, marked as deleted.
        """

        def move() -> None:
            if self._client.has_capability("MOVE"):
                self._client.move(uids, folder)
                return
            self._client.copy(uids, folder)
            self._client.delete_messages(uids, True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(uids)

        await self._call(move)

    async def wait(self, *, idle: float, poll: float, stopping: asyncio.Event) -> bool:
        """Wait for news from the server, at most `idle` seconds with IDLE, `poll` without it.

        `wake` ends a wait by IDLE, `stopping` one without it. Returns whether there may be new
        messages.
        """
        if self.selected.idle:
            return await self._call(self._client.idle_until_change, idle)
        await pause(poll, stopping)
        if not stopping.is_set():
            await self._call(self._client.noop)
        return True

    def wake(self) -> None:
        """End the present wait by IDLE, or the next one."""
        self._client.wake()

    async def _call(self, function: Callable[..., Result], *args: Any) -> Result:
        with said_by_the_server():
            return await self._thread.call(function, *args)


def _bytes_of(answer: dict[int, dict[bytes, Any]], item: bytes) -> dict[int, bytes]:
    return {uid: each[item] for uid, each in answer.items() if isinstance(each.get(item), bytes)}


@contextlib.contextmanager
def said_by_the_server() -> Iterator[None]:
    """Convert the library's exceptions to ConnectionBroken and CommandRefused."""
    try:
        yield
    except IMAPClientAbortError as error:
        raise ConnectionBroken(login.readable(error)) from error
    except IMAPClientError as error:
        raise CommandRefused(login.readable(error)) from error
    except OSError as error:
        raise ConnectionBroken(login.readable(error)) from error
    except (ValueError, AssertionError) as error:
        raise ConnectionBroken(f"unreadable answer: {login.readable(error)}") from error


@contextlib.asynccontextmanager
async def imap_session(
    settings: Imap, folder: str, *, access_token: str | None
) -> AsyncIterator[ImapSession]:
    """Connect, log in and select; log out at the end.

    Raises LoginRefused or ListenerUnavailable, with advice.
    """
    thread = ConnectionThread(f"imap-{settings.name}")
    opening = login.Opening()
    try:
        with said_by_the_server():
            client, selected = await thread.call(
                login.open_folder, opening, settings, folder, access_token
            )
        session = ImapSession(client, thread, selected)
        try:
            yield session
        except ConnectionBroken:
            raise
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(thread.call(client.close), CLOSING)
    finally:
        opening.abandon()
        thread.close(opening.close)
