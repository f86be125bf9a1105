"""The protocol of all listeners, and the errors they raise."""

import asyncio
from datetime import time
from typing import Protocol

from intake.ports.unavailable import Unavailable


class ListenerUnavailable(Unavailable):
    """the source cannot be reached just now"""


class LoginRefused(ListenerUnavailable):
    """the server does not accept our login"""


class Listener(Protocol):
    """A source of messages, for instance an IMAP folder or a Maildir."""

    @property
    def source(self) -> str:
        """The source's name in keys, cursors, leases and logs: `imap:suporte/INBOX`."""
        ...

    @property
    def reconcile_at(self) -> time:
        """Time of the nightly reconciliation, in the desk's time zone."""
        ...

    async def run(self, stopping: asyncio.Event) -> None:
        """Accept whatever comes, until `stopping` is set.

        Never gives up: failures are logged and tried again. Only defects and cancellation raise.
        """
        ...

    async def drain(self) -> int:
        """Accept everything there is now, and return how many messages were new.

        Raises ListenerUnavailable with one clear line.
        """
        ...

    async def reconcile(self) -> int:
        """Compare the source with the store and accept what is missing.

        Returns how many messages were new. Raises ListenerUnavailable.
        """
        ...

    async def check(self) -> str:
        """Try the source without accepting anything, and return a line about what was found.

        Before the first look into it, a second line says what will happen to the messages already
        there. Raises ListenerUnavailable with what to do about it.
        """
        ...
