"""Listens to one folder of an IMAP account."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, time

import structlog

from intake.channels.email import first_look
from intake.channels.email.imap.fetch import MessageWithheld, Withheld
from intake.channels.email.imap.reader import FolderReader
from intake.channels.email.imap.session import ConnectionBroken, ImapSession, imap_session
from intake.net.backoff import Backoff, Pace, pause
from intake.net.oauth import AccessTokens, TokenRefused
from intake.ports.arrivals import Cursor, Intake, IntakeUnavailable, LeaseLost, Progress, TokenStore
from intake.ports.listener import ListenerUnavailable, LoginRefused
from intake.settings.listeners import Imap, PostFetchAction, Security

log = structlog.get_logger(__name__)

ONCE_TRIES = 8
"""Maximum connections of one `drain` or `reconcile`, if single messages cause failures."""


_HEARS = {True: "pushes (IDLE)", False: "no IDLE: asked every {poll:g} s"}
_AFTER = {
    PostFetchAction.LEAVE: "mail is left as it is",
    PostFetchAction.FLAG: "mail gets the keyword {settings.keyword}",
    PostFetchAction.MOVE: "mail is moved to {settings.move_to}",
}


class ImapListener:
    """Listens to one folder by IDLE (RFC 2177), or by polling if the server has no IDLE.

    It keeps its place by UID (RFC 3501), so \\Seen does not matter.
    """

    def __init__(
        self,
        settings: Imap,
        folder: str,
        *,
        intake: Intake,
        tokens: TokenStore,
        progress: Progress,
        max_message: int,
        clock: Callable[[], datetime],
        access: AccessTokens | None = None,
        pace: Pace | None = None,
    ) -> None:
        """`max_message` is in bytes. `access` is given if several folders share an account."""
        self.source = f"imap:{settings.name}/{folder}"
        self.reconcile_at = time.fromisoformat(settings.reconcile_at)
        self._settings = settings
        self._folder = folder
        self._intake = intake
        self._progress = progress
        self._max_message = max_message
        self._clock = clock
        self._pace = pace or Pace()
        self._access = access
        if self._access is None and settings.oauth is not None:
            self._access = AccessTokens(
                settings.oauth, user=settings.user, store=tokens, clock=clock
            )
        self._withheld = Withheld()
        self._leased = False
        self._listening: ImapSession | None = None
        self._reopen = False

    def __repr__(self) -> str:
        return f"ImapListener({self.source!r})"

    async def run(self, stopping: asyncio.Event) -> None:
        """See Listener.run. The lease is released while waiting to try again."""
        backoff = Backoff(self._pace)
        while not stopping.is_set():
            try:
                async with self._lease() as ours:
                    if ours:
                        await self._listen(stopping, backoff)
                    else:
                        # Another daemon listens; its metrics show whether the source answers.
                        self._progress.listener_ok(self.source)
                        log.debug("listener.standing_by", source=self.source)
                seconds = self._pace.lease
            except (ListenerUnavailable, IntakeUnavailable) as error:
                seconds = backoff.failed(error)
                self._progress.listener_failed(self.source, str(error))
                report = log.error if isinstance(error, LoginRefused) else log.warning
                report(
                    "listener.unavailable", source=self.source, reason=str(error), again_in=seconds
                )
            except LeaseLost:
                log.warning("listener.lease_lost", source=self.source)
                seconds = self._pace.first
            await pause(seconds, stopping)

    async def _listen(self, stopping: asyncio.Event, backoff: Backoff) -> None:
        def keep_on() -> bool:
            self._progress.listener_ok(self.source)
            return not stopping.is_set()

        place = await self._intake.cursor(self.source)
        async with self._session() as session, _woken_by(stopping, session):
            self._listening, self._reopen = session, False
            try:
                reader = self._reader(session, place)
                await reader.begin()
                await reader.apply_post_fetch_actions()
                log.info("listener.listening", source=self.source, idle=session.selected.idle)
                worth_looking = True
                while keep_on():
                    if worth_looking:
                        await reader.take_in_new(keep_on)
                    worth_looking = await session.wait(
                        idle=self._settings.idle_renew, poll=self._settings.poll, stopping=stopping
                    )
                    backoff.succeeded()
                    if self._reopen:
                        raise ConnectionBroken("the folder was replaced by another of its name")
            finally:
                self._listening = None

    async def drain(self) -> int:
        """See Listener.drain."""
        async with self._lease() as ours:
            if not ours:
                raise ListenerUnavailable(f"{self.source}: another daemon listens to it")
            return await self._once(_take_in_all)

    async def reconcile(self) -> int:
        """See Listener.reconcile. Uses a connection of its own, also while `run` is running.

        Does nothing if another daemon listens.
        """
        if self._leased:
            return await self._once(_take_in_missing)
        async with self._lease() as ours:
            return await self._once(_take_in_missing) if ours else 0

    async def _once(self, work: Callable[[FolderReader], Awaitable[None]]) -> int:
        """Do `work` on a new connection; on further ones if single messages break it."""
        new, backoff = 0, Backoff(self._pace)
        for last in (*[False] * (ONCE_TRIES - 1), True):
            try:
                place = await self._intake.cursor(self.source)
                async with self._session() as session:
                    reader = self._reader(session, place)
                    try:
                        if not await self._begin_once(reader):
                            return new
                        await work(reader)
                    finally:
                        new += reader.new
                self._progress.listener_ok(self.source)
                return new
            except (MessageWithheld, ConnectionBroken) as error:
                if last:
                    raise
                log.warning("listener.trying_again", source=self.source, reason=str(error))
                await asyncio.sleep(backoff.failed(error))
            except LeaseLost as error:
                raise ListenerUnavailable(f"{self.source}: {error}") from error
        raise AssertionError("the last try returns or raises")

    async def _begin_once(self, reader: FolderReader) -> bool:
        """Begin, unless the folder was replaced while `run` has it open.

        In that case `run` is made to open it again, and the result is False.
        """
        if self._listening is None or reader.is_in_step:
            await reader.begin()
            return True
        log.warning("listener.folder_replaced", source=self.source)
        self._reopen = True
        self._listening.wake()
        return False

    async def check(self) -> str:
        """See Listener.check. Creates the folder `move_to` if it is missing."""
        async with self._session() as session:
            found = session.selected
        after = self._settings.post_fetch_action
        if after is PostFetchAction.FLAG and not found.keywords:
            raise ListenerUnavailable(
                'the server keeps no keywords here: set post_fetch_action to "leave" or "move"'
            )
        return (
            f"logged in as {self._settings.user} at {self._settings.host}, "
            f"{found.messages} messages; "
            f"{_HEARS[found.idle].format(poll=self._settings.poll)}; "
            f"after intake {_AFTER[after].format(settings=self._settings)}{self._unprotected}"
            f"{await self._first_start(found.messages)}"
        )

    async def _first_start(self, messages: int) -> str:
        """Before the first look, a line that says what is done with existing messages."""
        if await self._intake.cursor(self.source) is not None:
            return ""
        return f"\n{first_look.in_words(messages, self._settings.import_existing)}"

    @property
    def _unprotected(self) -> str:
        if self._settings.security is not Security.NONE:
            return ""
        return '; mail and login cross the network unprotected (security = "none")'

    @contextlib.asynccontextmanager
    async def _lease(self) -> AsyncIterator[bool]:
        async with self._intake.lease(self.source) as ours:
            self._leased = ours
            try:
                yield ours
            finally:
                self._leased = False

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[ImapSession]:
        async with contextlib.AsyncExitStack() as stack:
            try:
                session = await stack.enter_async_context(await self._opened())
            except LoginRefused as error:
                if self._access is None or isinstance(error, TokenRefused):
                    raise
                # The token may be revoked, or the clocks differ: try once with a new token.
                self._access.invalidate()
                session = await stack.enter_async_context(await self._opened())
            yield session

    async def _opened(self) -> contextlib.AbstractAsyncContextManager[ImapSession]:
        token = await self._access.token() if self._access is not None else None
        return imap_session(self._settings, self._folder, access_token=token)

    def _reader(self, session: ImapSession, place: Cursor | None) -> FolderReader:
        return FolderReader(
            session,
            settings=self._settings,
            source=self.source,
            intake=self._intake,
            max_message=self._max_message,
            clock=self._clock,
            withheld=self._withheld,
            place=place,
        )


async def _take_in_all(reader: FolderReader) -> None:
    await reader.apply_post_fetch_actions()
    await reader.take_in_new()


async def _take_in_missing(reader: FolderReader) -> None:
    await reader.take_in_missing()
    await reader.apply_post_fetch_actions()


@contextlib.asynccontextmanager
async def _woken_by(stopping: asyncio.Event, session: ImapSession) -> AsyncIterator[None]:
    async def wake() -> None:
        await stopping.wait()
        session.wake()

    waker = asyncio.create_task(wake())
    try:
        yield
    finally:
        waker.cancel()
