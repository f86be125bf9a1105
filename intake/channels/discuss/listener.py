"""The channel in Odoo's Discuss where the team opens tickets by `/ticket`.

What is there when it is first looked at is left alone, but for the last hour of a channel that was
made for us: people try it while the daemon still waits for it. Then every message is looked at
once, by its number; editing one later changes nothing, since what people read in an answer must
stay true.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta

import structlog

from intake.channels.discuss.line import Looked, arrival, client_named, perhaps_a_command
from intake.net.backoff import Backoff, Pace, pause
from intake.ports.arrivals import Arrival, Cursor, Intake, IntakeUnavailable, LeaseLost, Progress
from intake.ports.chat import Doorstep, Room, Written
from intake.ports.desk import DeskUnavailable
from intake.ports.desk_tags import slug
from intake.ports.listener import ListenerUnavailable

log = structlog.get_logger(__name__)

TRIED_AT_ONCE = timedelta(hours=1)
"""Back from the first look, what was written in a channel that setup has made."""


class DiscussListener:
    """One channel. `poll`: seconds between two looks."""

    def __init__(
        self,
        room: Room,
        *,
        intake: Intake,
        progress: Progress,
        clock: Callable[[], datetime],
        poll: float,
        pace: Pace | None = None,
    ) -> None:
        self.source = f"discuss:{slug(room.name)}"
        self.reconcile_at = time(3, 50)
        self._room = room
        self._intake = intake
        self._progress = progress
        self._clock = clock
        self._poll = poll
        self._pace = pace or Pace()
        self._seen: set[int] = set()

    def __repr__(self) -> str:
        return f"DiscussListener({self.source!r})"

    async def run(self, stopping: asyncio.Event) -> None:
        """See Listener.run. Where another daemon listens, nothing is done."""
        backoff = Backoff(self._pace)
        while not stopping.is_set():
            try:
                async with self._intake.lease(self.source) as ours:
                    if ours:
                        await self._listen(stopping, backoff)
                    else:
                        self._progress.listener_ok(self.source)
                seconds = self._pace.lease
            except (DeskUnavailable, IntakeUnavailable) as error:
                seconds = backoff.failed(error)
                self._progress.listener_failed(self.source, str(error))
                log.warning(
                    "listener.unavailable", source=self.source, reason=str(error), again_in=seconds
                )
            except LeaseLost:
                log.warning("listener.lease_lost", source=self.source)
                seconds = self._pace.first
            await pause(seconds, stopping)

    async def drain(self) -> int:
        """See Listener.drain."""
        async with self._intake.lease(self.source) as ours:
            if not ours:
                raise ListenerUnavailable(f"{self.source}: another daemon listens to it")
            try:
                taken, _ = await self._take_in(await self._begin())
                return taken
            except DeskUnavailable as error:
                raise ListenerUnavailable(f"{self.source}: {error}") from error

    async def reconcile(self) -> int:
        """See Listener.reconcile. Every look is complete: there is nothing to compare."""
        return 0

    async def check(self) -> str:
        """See Listener.check."""
        try:
            return await self._room.check()
        except DeskUnavailable as error:
            raise ListenerUnavailable(str(error)) from error

    async def _listen(self, stopping: asyncio.Event, backoff: Backoff) -> None:
        cursor = await self._begin()
        log.info("listener.listening", source=self.source, poll=self._poll)
        while not stopping.is_set():
            await self._intake.check_lease(self.source)
            _, cursor = await self._take_in(cursor)
            self._progress.listener_ok(self.source)
            backoff.succeeded()
            await pause(self._poll, stopping)

    async def _begin(self) -> Cursor:
        """Where to go on: behind all that is there, where we have not been here before."""
        found = await self._room.enter()
        self._seen.clear()
        cursor = await self._intake.cursor(self.source)
        if cursor is None or cursor.uid_validity != found.id:
            cursor = _behind(found, self._clock())
            await self._intake.accept([], source=self.source, cursor=cursor)
        elif found.newest < cursor.last_uid:
            # Odoo was restored, and gives out numbers anew: what we know has another instant.
            log.warning("listener.chat_restored", source=self.source)
            cursor = Cursor(
                uid_validity=found.id,
                last_uid=0,
                left_before=cursor.left_before,
                generation=cursor.generation + 1,
            )
        return cursor

    async def _take_in(self, cursor: Cursor) -> tuple[int, Cursor]:
        """How many were new, and where to go on."""
        news = await self._room.after(cursor.last_uid, seen=self._seen)
        if not news.written and news.last == cursor.last_uid:
            return 0, cursor
        arrivals = [
            await self._arrival(each, cursor.uid_validity)
            for each in news.written
            if perhaps_a_command(each.html) and not _is_left_alone(each, cursor)
        ]
        place = Cursor(
            uid_validity=cursor.uid_validity,
            last_uid=news.last,
            first_uid=cursor.first_uid,
            left_before=cursor.left_before,
            generation=cursor.generation,
        )
        taken = await self._intake.accept(arrivals, source=self.source, cursor=place)
        # The latest stay in sight of the next looks, in case an earlier one turns up among them.
        shown = self._seen | {each.id for each in news.written}
        self._seen = {number for number in shown if number > news.last}
        return taken, place

    async def _arrival(self, written: Written, room: int) -> Arrival:
        """With whom the desk knows by the client's name: only it can be asked, and only now."""
        name = client_named(written.html)
        looked = None
        if name:
            found = await self._room.contacts(name)
            looked = None if found is None else Looked(name=name, found=tuple(found))
        return arrival(written, source=self.source, room=room, looked=looked, now=self._clock())


def _behind(found: Doorstep, now: datetime) -> Cursor:
    if found.made_for_us:
        return Cursor(uid_validity=found.id, last_uid=0, left_before=now - TRIED_AT_ONCE)
    return Cursor(
        uid_validity=found.id,
        last_uid=found.newest,
        first_uid=found.newest,
        left_before=found.newest_at,
    )


def _is_left_alone(written: Written, cursor: Cursor) -> bool:
    """In the second of the last message that is left alone, its number decides, where numbers still
    mean something."""
    left = cursor.left_before
    if left is None or written.at > left:
        return written.id <= cursor.first_uid
    return not (written.at == left and 0 < cursor.first_uid < written.id)
