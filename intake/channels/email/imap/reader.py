"""Reads one folder through one session into the store, then flags or moves stored messages."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from intake.channels.email import first_look
from intake.channels.email.first_look import CLOCKS_DIFFER, Treatment
from intake.channels.email.imap.fetch import Fetcher, Group, Withheld
from intake.channels.email.imap.session import CommandRefused, ImapSession
from intake.ports.arrivals import Cursor, Intake
from intake.settings.listeners import Imap, ImportExisting, PostFetchAction

log = structlog.get_logger(__name__)

ASKED = 1000
"""Maximum keys in one query to the store."""
TENDED = 200
"""Maximum UIDs in one STORE or MOVE: some servers accept lines of a few thousand bytes only."""


class FolderReader:
    """Reads new messages of a folder into the store and advances the folder's cursor.

    Raises what the session raises, and LeaseLost and IntakeUnavailable from the store.
    """

    def __init__(
        self,
        session: ImapSession,
        *,
        settings: Imap,
        source: str,
        intake: Intake,
        max_message: int,
        clock: Callable[[], datetime],
        withheld: Withheld,
        place: Cursor | None,
    ) -> None:
        """`place` is the stored cursor, read before the folder was opened."""
        self._session = session
        self._place = place
        wanted = settings.post_fetch_action
        flagless = wanted is PostFetchAction.FLAG and not session.selected.keywords
        self._after = PostFetchAction.LEAVE if flagless else wanted
        self._settings = settings
        self._source = source
        self._intake = intake
        self._clock = clock
        self._withheld = withheld
        self._cursor = Cursor(uid_validity=session.selected.uid_validity, last_uid=0)
        self.new = 0
        """Number of messages this reader stored that the store did not have."""
        self._fetcher = Fetcher(
            session,
            source=source,
            max_message=max_message,
            clock=clock,
            withheld=withheld,
            treatment=self._treatment,
            generation=place.generation if place is not None else 0,
        )

    def _treatment(self, uid: int, received_at: datetime | None) -> Treatment:
        return first_look.in_folder(self._cursor, uid, received_at, self._settings.import_existing)

    @property
    def is_in_step(self) -> bool:
        """Whether the stored cursor belongs to this folder, not to one that this replaced."""
        known, selected = self._place, self._session.selected
        return (
            known is not None
            and known.uid_validity == selected.uid_validity
            and not selected.went_back_behind(known.last_uid)
        )

    async def begin(self) -> None:
        """Set the cursor: continue from the stored one, or make a first one."""
        known, selected = self._place, self._session.selected
        if self._after is not self._settings.post_fetch_action:
            log.warning("listener.no_keywords", source=self._source)
        if known is None:
            await self._look_first()
            return
        if known.uid_validity != selected.uid_validity:
            log.warning(
                "listener.uidvalidity_changed",
                source=self._source,
                messages=selected.messages,
            )
            self._cursor = self._cursor_anew(known)
        elif selected.went_back_behind(known.last_uid):
            log.warning(
                "listener.uidnext_went_back",
                source=self._source,
                messages=selected.messages,
                last_uid=known.last_uid,
                uid_next=selected.uid_next,
            )
            self._cursor = replace(self._cursor_anew(known), generation=known.generation + 1)
            self._fetcher.generation = self._cursor.generation
        else:
            self._cursor = known
            if not known.restored:
                return
        if known.restored:
            log.warning("listener.database_restored", source=self._source)
            self._cursor = await self._seen_now(self._cursor)
        await self._keep_place()

    async def _keep_place(self) -> None:
        await self._intake.check_lease(self._source)
        await self._intake.accept((), source=self._source, cursor=self._cursor)

    def _cursor_anew(self, known: Cursor) -> Cursor:
        """A cursor at the beginning of the folder, because earlier UIDs are no longer valid."""
        self._withheld.tries.clear()
        return replace(
            known,
            uid_validity=self._session.selected.uid_validity,
            last_uid=0,
            first_uid=0,
        )

    async def _look_first(self) -> None:
        """Store a first cursor, which records the messages that exist before the daemon starts."""
        seen = await self._seen_now(self._cursor)
        left_alone = self._settings.import_existing is ImportExisting.NO
        self._cursor = replace(
            seen,
            first_look_at=seen.looked_at,
            last_uid=seen.first_uid if left_alone else 0,
        )
        await self._keep_place()
        first_look.announce(
            self._source, self._session.selected.messages, self._settings.import_existing
        )

    async def _seen_now(self, cursor: Cursor) -> Cursor:
        """`cursor` with the messages now in the folder recorded as existing before us."""
        at, there = self._clock(), self._session.selected.uid_next - 1
        near = (at - CLOCKS_DIFFER, at + CLOCKS_DIFFER)
        newest = await self._session.newest_arrival(there, *near)
        return replace(cursor, first_uid=there, looked_at=at, newest_existing=newest)

    async def take_in_new(self, keep_on: Callable[[], bool] = lambda: True) -> None:
        """Store everything above the cursor, in order, group by group while `keep_on()`."""
        while keep_on() and (uids := await self._session.uids_after(self._cursor.last_uid)):
            await self._take_in(uids, keep_on, moves_cursor=True)

    async def take_in_missing(self, keep_on: Callable[[], bool] = lambda: True) -> None:
        """Store what lies below the cursor and is missing in the store, for whatever reason."""
        cursor = self._cursor
        uids = await self._session.uids_between(self._first, cursor.last_uid)
        known = set(await self._known(uids))
        missing = [uid for uid in uids if uid not in known]
        if self._settings.import_existing is ImportExisting.NO:
            missing = await self._fetcher.wanted(missing)
        if missing:
            log.warning("listener.missing_found", source=self._source, count=len(missing))
            await self._take_in(missing, keep_on, moves_cursor=False)

    async def apply_post_fetch_actions(self) -> None:
        """Flag or move stored messages that a crash kept us from flagging or moving."""
        if self._after is PostFetchAction.LEAVE:
            return
        untended = f"UNKEYWORD {self._settings.keyword}" if self._flags else "UNDELETED"
        uids = await self._session.uids_between(self._first, self._cursor.last_uid, untended)
        await self._tend_to(await self._known(uids))

    @property
    def _first(self) -> int:
        """The lowest UID that is not to be ignored."""
        left_alone = self._settings.import_existing is ImportExisting.NO
        return self._cursor.first_uid + 1 if left_alone else 1

    @property
    def _flags(self) -> bool:
        return self._after is PostFetchAction.FLAG

    async def _known(self, uids: Sequence[int]) -> list[int]:
        known: list[int] = []
        for start in range(0, len(uids), ASKED):
            by_key = {self._fetcher.key(uid): uid for uid in uids[start : start + ASKED]}
            keys = await self._intake.known_keys(tuple(by_key))
            known += sorted(by_key[key] for key in keys)
        return known

    async def _take_in(
        self, uids: Sequence[int], keep_on: Callable[[], bool], *, moves_cursor: bool
    ) -> None:
        for start in range(0, len(uids), self._settings.batch):
            async for group in self._fetcher.groups(uids[start : start + self._settings.batch]):
                if not keep_on():
                    return
                await self._accept(group, moves_cursor=moves_cursor)

    async def _accept(self, group: Group, *, moves_cursor: bool) -> None:
        cursor = None
        if moves_cursor and group.through > self._cursor.last_uid:
            cursor = replace(self._cursor, last_uid=group.through)
        if cursor is None and not group.arrivals:
            return
        await self._intake.check_lease(self._source)
        new = await self._intake.accept(group.arrivals, source=self._source, cursor=cursor)
        if cursor is not None:
            self._cursor = cursor
        if group.arrivals:
            log.info(
                "listener.taken_in", source=self._source, messages=len(group.arrivals), new=new
            )
        self.new += new
        self._withheld.settled(group.through)
        await self._tend_to(group.uids)

    async def _tend_to(self, uids: Sequence[int]) -> None:
        """Flag or move stored messages, as the settings say."""
        settings = self._settings
        if self._after is PostFetchAction.LEAVE:
            return
        for start in range(0, len(uids), TENDED):
            some = uids[start : start + TENDED]
            try:
                if self._flags:
                    await self._session.flag(some, settings.keyword)
                else:
                    await self._session.move(some, settings.move_to)
            except CommandRefused as error:
                # The messages are stored, so flagging or moving them can wait for the next pass.
                log.warning(
                    "listener.not_tended_to",
                    source=self._source,
                    messages=len(some),
                    reason=str(error),
                )
