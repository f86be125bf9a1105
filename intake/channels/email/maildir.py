"""Listens to a Maildir into which a mail server on the same machine delivers."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time

import structlog

from intake.channels.email import first_look
from intake.channels.email.first_look import Treatment
from intake.channels.email.imap.fetch import GROUP, HEADER, TEXT
from intake.channels.email.maildir_folder import MaildirFolder, MailFile
from intake.net.backoff import Backoff, Pace, pause
from intake.ports.arrivals import Arrival, Cursor, Intake, IntakeUnavailable, LeaseLost, Progress
from intake.ports.listener import ListenerUnavailable
from intake.settings.listeners import Maildir
from routing.vocabulary import Channel

log = structlog.get_logger(__name__)

BATCH = 100
"""Maximum files in one transaction."""


class MaildirListener:
    """Stores the files in `new/`, and then moves them to `cur/`.

    No other program should read this Maildir. A mail reader that opens it moves files to `cur/`,
    where only `reconcile` finds them.
    """

    def __init__(
        self,
        settings: Maildir,
        *,
        intake: Intake,
        progress: Progress,
        max_message: int,
        clock: Callable[[], datetime],
        pace: Pace | None = None,
    ) -> None:
        """`max_message` in bytes."""
        self.source = f"maildir:{settings.name}"
        self.reconcile_at = time.fromisoformat(settings.reconcile_at)
        self._settings = settings
        self._folder = MaildirFolder(settings.path)
        self._intake = intake
        self._progress = progress
        self._max_message = max_message
        self._clock = clock
        self._pace = pace or Pace()
        self._leased = False
        self._unreadable: set[str] = set()
        self._left: set[str] = set()
        """Names in `new/` that are ignored because they were there before the first look."""
        self._cursor = Cursor(uid_validity=0, last_uid=0)

    def __repr__(self) -> str:
        return f"MaildirListener({self.source!r})"

    async def run(self, stopping: asyncio.Event) -> None:
        """See Listener.run."""
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
                log.warning(
                    "listener.unavailable", source=self.source, reason=str(error), again_in=seconds
                )
            except LeaseLost:
                log.warning("listener.lease_lost", source=self.source)
                seconds = self._pace.first
            await pause(seconds, stopping)

    async def _listen(self, stopping: asyncio.Event, backoff: Backoff) -> None:
        await self._begin()
        log.info("listener.listening", source=self.source, path=str(self._folder.path))
        told: set[str] = set()
        while not stopping.is_set():
            await self._take_in_new(lambda: not stopping.is_set())
            if not self._unreadable:
                self._progress.listener_ok(self.source)
            elif self._unreadable != told:
                reason = f"{len(self._unreadable)} messages in {self._folder.new} cannot be read"
                self._progress.listener_failed(self.source, reason)
            told = set(self._unreadable)
            backoff.succeeded()
            await pause(self._settings.poll, stopping)

    async def drain(self) -> int:
        """See Listener.drain."""
        async with self._lease() as ours:
            if not ours:
                raise ListenerUnavailable(f"{self.source}: another daemon listens to it")
            return await self._once(self._take_in_new)

    async def reconcile(self) -> int:
        """See Listener.reconcile. Stores what another reader moved to `cur/` before we saw it."""
        if self._leased:
            return await self._once(self._take_in_moved)
        async with self._lease() as ours:
            return await self._once(self._take_in_moved) if ours else 0

    async def _once(self, work: Callable[[], Awaitable[int]]) -> int:
        try:
            await self._begin()
            new = await work()
        except LeaseLost as error:
            raise ListenerUnavailable(f"{self.source}: {error}") from error
        self._progress.listener_ok(self.source)
        return new

    async def check(self) -> str:
        """See Listener.check. Creates the Maildir if it is missing."""
        with _readable(self._folder):
            await asyncio.to_thread(self._folder.make)
            waiting = await asyncio.to_thread(self._folder.files, self._folder.new)
        for folder in (self._folder.new, self._folder.cur):
            if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
                raise ListenerUnavailable(f"{folder}: the daemon's user may not read and write it")
        unreadable = [file.path for file in waiting if not os.access(file.path, os.R_OK)]
        if unreadable:
            raise ListenerUnavailable(
                f"{unreadable[0]}: the daemon's user may not read it "
                f"({len(unreadable)} of {len(waiting)} messages)"
            )
        found = f"{self._folder.path}, {len(waiting)} messages waiting"
        if await self._intake.cursor(self.source) is None:
            wanted = self._settings.import_existing
            found += f"\n{first_look.in_words(len(waiting), wanted)}"
        return found

    async def _begin(self) -> None:
        with _readable(self._folder):
            await asyncio.to_thread(self._folder.make)
        known = await self._intake.cursor(self.source)
        if known is not None and not known.restored:
            self._cursor = known
            return
        if known is not None:
            log.warning("listener.database_restored", source=self.source)
        with _readable(self._folder):
            at, there = await asyncio.to_thread(self._folder.look)
        # Only the time of the look counts. Files that were in `cur/` before it are ignored.
        before = known or replace(self._cursor, first_look_at=at)
        cursor = replace(before, looked_at=at)
        await self._intake.check_lease(self.source)
        await self._intake.accept((), source=self.source, cursor=cursor)
        self._cursor = cursor
        if known is None:
            first_look.announce(self.source, there, self._settings.import_existing)

    async def _take_in_new(self, keep_on: Callable[[], bool] = lambda: True) -> int:
        with _readable(self._folder):
            there = await asyncio.to_thread(self._folder.files, self._folder.new, self._left)
        files = [file for file in there if not self._is_left(file)]
        self._left |= {file.path.name for file in there if self._is_left(file)}
        self._unreadable &= {file.unique for file in files}
        new = 0
        for some in _groups(files):
            if not keep_on():
                break
            new += await self._take_in(some)
            with _readable(self._folder):
                await asyncio.to_thread(self._keep, some)
        return new

    async def _take_in_moved(self) -> int:
        since = self._cursor.first_look_at
        if since is None:
            return 0
        with _readable(self._folder):
            there = await asyncio.to_thread(self._folder.files, self._folder.cur)
        files = [file for file in there if not self._is_left(file)]
        new = 0
        for some in _groups([file for file in files if file.modified_at >= since]):
            new += await self._take_in(some)
        if new:
            log.warning("listener.moved_by_another", source=self.source, messages=new)
        return new

    async def _take_in(self, files: Sequence[MailFile]) -> int:
        known = await self._intake.known_keys([self._key(file) for file in files])
        fresh = [file for file in files if self._key(file) not in known]
        arrivals = await asyncio.to_thread(self._arrivals, fresh)
        if not arrivals:
            return 0
        await self._intake.check_lease(self.source)
        new = await self._intake.accept(arrivals, source=self.source)
        log.info("listener.taken_in", source=self.source, messages=len(arrivals), new=new)
        return new

    def _treatment(self, file: MailFile) -> Treatment:
        return first_look.in_maildir(self._cursor, file.modified_at, self._settings.import_existing)

    def _is_left(self, file: MailFile) -> bool:
        return self._treatment(file) is Treatment.NOT_AT_ALL

    def _key(self, file: MailFile) -> str:
        return f"{self.source}:{file.unique}"

    def _arrivals(self, files: Sequence[MailFile]) -> list[Arrival]:
        arrivals = []
        for file in files:
            try:
                arrival = self._arrival(file)
            except OSError as error:
                if file.unique not in self._unreadable:
                    self._unreadable.add(file.unique)
                    log.error(
                        "listener.file_unreadable",
                        source=self.source,
                        file=file.unique,
                        reason=str(error),
                    )
                continue
            self._unreadable.discard(file.unique)
            if arrival is not None:
                arrivals.append(arrival)
        return arrivals

    def _arrival(self, file: MailFile) -> Arrival | None:
        complete = file.size <= self._max_message
        if complete:
            raw = self._folder.read(file)
        else:
            raw = self._folder.read_beginning(file, header=HEADER, text=TEXT)
        if raw is None:
            return None
        details = {} if complete else {"size": str(file.size)}
        if self._treatment(file) is Treatment.SILENTLY:
            details["existing"] = "1"
        return Arrival(
            source=self.source,
            key=self._key(file),
            channel=Channel.EMAIL,
            received_at=min(file.modified_at, self._clock()),
            raw=raw,
            complete=complete,
            details=details,
        )

    def _keep(self, files: Sequence[MailFile]) -> None:
        for file in files:
            if file.unique not in self._unreadable:
                self._folder.keep(file)

    @contextlib.asynccontextmanager
    async def _lease(self) -> AsyncIterator[bool]:
        async with self._intake.lease(self.source) as ours:
            self._leased = ours
            try:
                yield ours
            finally:
                self._leased = False


def _groups(files: Sequence[MailFile]) -> Iterator[list[MailFile]]:
    group: list[MailFile] = []
    for file in files:
        if group and (len(group) == BATCH or sum(f.size for f in group) + file.size > GROUP):
            yield group
            group = []
        group.append(file)
    if group:
        yield group


@contextlib.contextmanager
def _readable(folder: MaildirFolder) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ListenerUnavailable(f"{error.filename or folder.path}: {error.strerror}") from error
