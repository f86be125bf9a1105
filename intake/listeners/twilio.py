"""What no webhook brought: the account's own list of inbound messages, compared with the journal.

Webhooks are lost while we or the way to us are down for longer than Twilio tries. Source: Twilio,
*Messages resource: read multiple message resources*.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import structlog

from intake.listeners.arrival import Arrival, Intake, IntakeUnavailable, Progress
from intake.listeners.backoff import Backoff, Pace, pause
from intake.listeners.listener import ListenerUnavailable
from intake.listeners.twilio_doors import MESSAGES, SOURCE, arrival
from intake.settings.credential import Credential
from intake.settings.twilio import Twilio
from intake.telephony.listed import Account, Listed
from intake.telephony.payload import payload

log = structlog.get_logger(__name__)

EVERY = 15 * 60.0
"""Seconds between two comparisons."""
LOOK_BACK = timedelta(days=3)
"""At the start and each night; in between from the last comparison on, with an hour's overlap."""
OVERLAP = timedelta(hours=1)
SETTLING = timedelta(minutes=2)
"""The webhook of a message so young may still be on its way; it knows more than the list does."""
BATCH = 100
"""Messages in one transaction."""


class TwilioListener:
    """One account. The doors take in; this makes sure."""

    def __init__(
        self,
        settings: Twilio,
        account: str,
        token: Credential,
        *,
        intake: Intake,
        progress: Progress,
        clock: Callable[[], datetime],
        pace: Pace | None = None,
        every: float = EVERY,
    ) -> None:
        """`every` in seconds."""
        self.source = f"{SOURCE}:{account}"
        self.reconcile_at = time(3, 45)
        self._public_url = settings.public_url
        self._account = Account(sid=account, token=token, api_url=settings.api_url)
        self._intake = intake
        self._progress = progress
        self._clock = clock
        self._pace = pace or Pace()
        self._every = every
        self._compared: datetime | None = None

    def __repr__(self) -> str:
        return f"TwilioListener({self.source!r})"

    async def run(self, stopping: asyncio.Event) -> None:
        """See Listener.run."""
        backoff = Backoff(self._pace)
        while not stopping.is_set():
            try:
                await self._compare(self._since())
            except (ListenerUnavailable, IntakeUnavailable) as error:
                seconds = min(backoff.failed(error), self._every)
                self._progress.listener_failed(self.source, str(error))
                log.warning(
                    "listener.unavailable", source=self.source, reason=str(error), again_in=seconds
                )
            else:
                backoff.succeeded()
                seconds = self._every
            await pause(seconds, stopping)

    async def drain(self) -> int:
        """See Listener.drain."""
        return await self._compare(self._clock() - LOOK_BACK, settling=timedelta(0))

    async def reconcile(self) -> int:
        """See Listener.reconcile."""
        return await self._compare(self._clock() - LOOK_BACK)

    async def check(self) -> str:
        """See Listener.check."""
        name, status = await asyncio.to_thread(self._account.look)
        if status != "active":
            raise ListenerUnavailable(f"{self.source}: the account is {status}")
        return f"account {name!r}; its webhooks go to {self._public_url}{MESSAGES}"

    def _since(self) -> datetime:
        if self._compared is None:
            return self._clock() - LOOK_BACK
        return self._compared - OVERLAP

    async def _compare(self, since: datetime, settling: timedelta = SETTLING) -> int:
        began = self._clock()
        listed = await asyncio.to_thread(self._account.inbound, since)
        settled = [each for each in listed if each.at <= began - settling]
        new = 0
        for first in range(0, len(settled), BATCH):
            new += await self._take_in(settled[first : first + BATCH])
        self._compared = began
        self._progress.listener_ok(self.source)
        if new:
            log.warning("listener.webhooks_missed", source=self.source, taken_in=new)
        return new

    async def _take_in(self, listed: Sequence[Listed]) -> int:
        known = await self._intake.known_keys([f"{SOURCE}:{each.sid}" for each in listed])
        missing = [each for each in listed if f"{SOURCE}:{each.sid}" not in known]
        if not missing:
            return 0
        arrivals = [await asyncio.to_thread(self._as_posted, each) for each in missing]
        return await self._intake.accept(arrivals, source=self.source)

    def _as_posted(self, listed: Listed) -> Arrival:
        body = self._account.as_form(listed)
        posted = arrival(payload(body), body, min(listed.at, self._clock()))
        return replace(posted, details={**posted.details, "found": "list"})


def accounts(settings: Twilio) -> dict[str, Credential]:
    """Those whose messages come to us, with their tokens."""
    return {settings.account_sid: settings.auth_token, **settings.subaccounts}
