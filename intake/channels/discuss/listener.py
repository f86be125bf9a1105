"""Listens to the channel in Odoo's Discuss where the team opens tickets by `/ticket`.

Messages written before the first look are ignored, except the last hour of a channel that setup
created for us: people try it before the daemon is ready. After that each message is read once, by
its id. Later edits of a message have no effect, so that the reply to it stays true.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta

import structlog

from intake.channels.discuss.line import Looked, arrival, client_named, perhaps_a_command
from intake.net.backoff import Backoff, Pace, pause
from intake.ports.arrivals import Arrival, Cursor, Intake, IntakeUnavailable, LeaseLost, Progress
from intake.ports.chat import ChannelState, Chat, Written
from intake.ports.desk import DeskUnavailable
from intake.ports.desk_tags import slug
from intake.ports.listener import ListenerUnavailable

log = structlog.get_logger(__name__)

TRIED_AT_ONCE = timedelta(hours=1)
"""How far before the first look messages are read, in a channel that setup created."""


class DiscussListener:
    """Listens to one channel. `poll` is in seconds."""

    def __init__(
        self,
        room: Chat,
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
        """See Listener.run. Does nothing while another daemon listens."""
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
        """See Listener.reconcile. Does nothing, because every poll is complete."""
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
        """The cursor to continue from. On the first look it is behind all existing messages."""
        found = await self._room.enter()
        self._seen.clear()
        cursor = await self._intake.cursor(self.source)
        if cursor is None or cursor.uid_validity != found.id:
            cursor = _behind(found, self._clock())
            await self._intake.accept([], source=self.source, cursor=cursor)
        elif found.newest < cursor.last_uid:
            # Odoo was restored and assigns ids again. Read all: the keys of stored messages differ
            # from those of new ones by their time.
            log.warning("listener.chat_restored", source=self.source)
            cursor = Cursor(
                uid_validity=found.id,
                last_uid=0,
                left_before=cursor.left_before,
                generation=cursor.generation + 1,
            )
        return cursor

    async def _take_in(self, cursor: Cursor) -> tuple[int, Cursor]:
        """Store new messages; returns how many were new, and the next cursor."""
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
        # `last` lies a little back, because a message with a lower id may still appear. Remember
        # the ids above it, so that the next polls skip them.
        shown = self._seen | {each.id for each in news.written}
        self._seen = {number for number in shown if number > news.last}
        return taken, place

    async def _arrival(self, written: Written, room: int) -> Arrival:
        """The Arrival, with the desk's contacts of the client's name.

        They are looked up now, because the later reading has no access to the desk.
        """
        name = client_named(written.html)
        looked = None
        if name:
            found = await self._room.contacts(name)
            looked = None if found is None else Looked(name=name, found=tuple(found))
        return arrival(written, source=self.source, room=room, looked=looked, now=self._clock())


def _behind(found: ChannelState, now: datetime) -> Cursor:
    if found.created_by_setup:
        return Cursor(uid_validity=found.id, last_uid=0, left_before=now - TRIED_AT_ONCE)
    return Cursor(
        uid_validity=found.id,
        last_uid=found.newest,
        first_uid=found.newest,
        left_before=found.newest_at,
    )


def _is_left_alone(written: Written, cursor: Cursor) -> bool:
    """Whether the message is older than what the listener reads.

    Times are in whole seconds: within the second of the newest ignored message the id decides,
    unless ids were assigned again (`first_uid` is 0).
    """
    left = cursor.left_before
    if left is None or written.at > left:
        return written.id <= cursor.first_uid
    return not (written.at == left and 0 < cursor.first_uid < written.id)
