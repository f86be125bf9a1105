"""Finds messages whose webhook was lost, by comparing the account's message list with the store.

Webhooks are lost if the daemon or the network is down for longer than Twilio retries. Source:
Twilio, *Messages resource: read multiple message resources*, *Recordings resource*.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

import structlog

from intake.channels.twilio.listed import Account, Listed
from intake.channels.twilio.payload import payload
from intake.channels.twilio.webhooks import SOURCE, VerifiedRequest, arrival
from intake.net.backoff import Backoff, Pace, pause
from intake.ports.arrivals import Arrival, Intake, IntakeUnavailable, Progress
from intake.ports.listener import ListenerUnavailable
from intake.ports.webhook_paths import MESSAGES
from intake.settings.credential import Credential
from intake.settings.twilio import Twilio

log = structlog.get_logger(__name__)

EVERY = 15 * 60.0
"""Seconds between comparisons."""
LOOK_BACK = timedelta(days=3)
"""How far back a comparison goes at the start and each night. Others go back to the previous
comparison, less OVERLAP."""
OVERLAP = timedelta(hours=1)
SETTLING = timedelta(minutes=2)
"""Messages younger than this are skipped: their webhook may still arrive, and has more fields."""
BATCH = 100
"""Maximum messages in one transaction."""


class TwilioListener:
    """Takes in what the webhooks of one account missed."""

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
        self._calls = settings.voice is not None
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
        new = await self._take_in_all(self._account.inbound, since, began - settling)
        if self._calls:
            new += await self._take_in_all(self._account.recordings, since, began - settling)
        self._compared = began
        self._progress.listener_ok(self.source)
        if new:
            log.warning("listener.webhooks_missed", source=self.source, taken_in=new)
        return new

    async def _take_in_all(
        self, look: Callable[[datetime], list[Listed]], since: datetime, until: datetime
    ) -> int:
        listed = await asyncio.to_thread(look, since)
        settled = [each for each in listed if each.at <= until]
        new = 0
        for first in range(0, len(settled), BATCH):
            new += await self._take_in(settled[first : first + BATCH])
        return new

    async def _take_in(self, listed: Sequence[Listed]) -> int:
        known = await self._intake.known_keys([_key(each) for each in listed])
        missing = [each for each in listed if _key(each) not in known]
        posted = [await asyncio.to_thread(self._as_posted, each) for each in missing]
        arrivals = [each for each in posted if each is not None]
        if not arrivals:
            return 0
        return await self._intake.accept(arrivals, source=self.source)

    def _as_posted(self, listed: Listed) -> Arrival | None:
        at = min(listed.at, self._clock())
        if "CallSid" in listed.fields:
            posted = self._as_recorded(listed, at)
        else:
            body = self._account.as_form(listed)
            posted = arrival(payload(body), body, at)
        return posted and replace(posted, details={**posted.details, "found": "list"})

    def _as_recorded(self, listed: Listed, at: datetime) -> Arrival | None:
        # Imported here because only installations that answer calls need it.
        from intake.channels.twilio.call import Part
        from intake.channels.twilio.voice_webhooks import arrival as call_arrival

        body = self._account.call_form(listed)
        if not body:
            return None
        return call_arrival(VerifiedRequest(body=body, payload=payload(body)), at, Part.RECORDED)


def _key(listed: Listed) -> str:
    """The key that the webhook gives the same message or recording."""
    call = listed.fields.get("CallSid")
    return f"{SOURCE}:{call}:recorded" if call else f"{SOURCE}:{listed.sid}"


def accounts(settings: Twilio) -> dict[str, Credential]:
    """The account and its subaccounts, by SID, with their auth tokens."""
    return {settings.account_sid: settings.auth_token, **settings.subaccounts}
