"""What all listeners have in common: a name, four methods, and two ways to fail."""

import asyncio
from datetime import time
from typing import Protocol

from intake.ports.unavailable import Unavailable


class ListenerUnavailable(Unavailable):
    """the source cannot be reached just now"""


class LoginRefused(ListenerUnavailable):
    """the server does not accept our login"""


class Listener(Protocol):
    """A source of messages: one IMAP folder, or one Maildir."""

    @property
    def source(self) -> str:
        """Its name in keys, cursors, leases and logs: `imap:suporte/INBOX`."""
        ...

    @property
    def reconcile_at(self) -> time:
        """When it wants to be reconciled, each night, on the desk's clocks."""
        ...

    async def run(self, stopping: asyncio.Event) -> None:
        """Take in whatever comes, until `stopping` is set.

        Never gives up: what fails is logged and tried again. Only defects and cancellation raise.
        """
        ...

    async def drain(self) -> int:
        """Take in all there is now, and return how many messages were new.

        Raises ListenerUnavailable with one clear line.
        """
        ...

    async def reconcile(self) -> int:
        """Compare what the source holds with the journal and take in what is missing.

        Returns how many messages were new. Raises ListenerUnavailable.
        """
        ...

    async def check(self) -> str:
        """Try the source without taking anything in; a line of what was found.

        Before the first look into it there is a second line: what will become of what is there.

        Raises ListenerUnavailable with what to do about it.
        """
        ...
