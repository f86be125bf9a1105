"""Fetches messages by UID: first their sizes, then bodies in groups.

A message that the server does not deliver does not hold up the others.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from intake.channels.email.first_look import Treatment
from intake.channels.email.imap.session import (
    DESCRIBED,
    CommandRefused,
    ConnectionBroken,
    Described,
    ImapSession,
)
from intake.ports.arrivals import Arrival
from intake.ports.listener import ListenerUnavailable
from routing.vocabulary import Channel

log = structlog.get_logger(__name__)

GROUP = 8_000_000
"""Maximum bytes (RFC822.SIZE) in one FETCH of whole messages, unless a single one is larger."""
HEADER = 1_000_000
"""Maximum bytes of header stored of a message that is not fetched whole."""
TEXT = 256 * 1024
"""Maximum bytes of text stored of a message over the size limit."""
WHOLE_TRIES = 3
"""How often a whole message is requested before only its header is, each time on a new
connection."""


class MessageWithheld(ListenerUnavailable):
    """the server has a message and does not deliver it"""


@dataclass(slots=True)
class Withheld:
    """Counts how often the server failed to deliver each message, across connections."""

    tries: dict[int, int] = field(default_factory=dict)

    def failed(self, uids: Sequence[int]) -> None:
        for uid in uids:
            self.tries[uid] = self.tries.get(uid, 0) + 1

    def suspect(self, uids: Sequence[int]) -> None:
        """Fetch each of these alone from now on, because one of them broke the connection."""
        for uid in uids:
            self.tries.setdefault(uid, 0)

    def settled(self, through: int) -> None:
        """Forget messages up to UID `through`: they are stored or gone."""
        for uid in [uid for uid in self.tries if uid <= through]:
            del self.tries[uid]


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Arrivals to store in one transaction."""

    arrivals: tuple[Arrival, ...]
    uids: tuple[int, ...]
    """The UIDs of `arrivals`."""
    through: int
    """The highest UID that is dealt with once these are stored."""


class Fetcher:
    """Fetches messages of one folder through one session."""

    def __init__(
        self,
        session: ImapSession,
        *,
        source: str,
        max_message: int,
        clock: Callable[[], datetime],
        withheld: Withheld,
        treatment: Callable[[int, datetime | None], Treatment],
        generation: int,
    ) -> None:
        """`treatment` decides by UID and INTERNALDATE how a message is stored."""
        self.generation = generation
        self._session = session
        self._source = source
        self._max_message = max_message
        self._clock = clock
        self._withheld = withheld
        self._treatment = treatment

    def key(self, uid: int) -> str:
        """The store's key of a message, the same each time it is fetched."""
        again = f"~{self.generation}" if self.generation else ""
        return f"{self._source}:{self._session.selected.uid_validity}{again}:{uid}"

    async def groups(self, uids: Sequence[int]) -> AsyncIterator[Group]:
        """Fetch the messages, in order. Those deleted meanwhile are skipped.

        Raises MessageWithheld; the caller should then try again on a new connection.
        """
        described = await self._described(uids)
        pending: list[int] = []
        volume = 0
        for uid in uids:
            about = described.get(uid)
            if self._is_left(uid, about):
                continue
            if about is None or about.size > self._max_message or uid in self._withheld.tries:
                if pending:
                    yield await self._together(pending, described)
                yield await self._single(uid, about)
                pending, volume = [], 0
                continue
            if pending and volume + about.size > GROUP:
                yield await self._together(pending, described)
                pending, volume = [], 0
            pending.append(uid)
            volume += about.size
        if pending:
            yield await self._together(pending, described)
        yield Group(arrivals=(), uids=(), through=uids[-1])

    async def wanted(self, uids: Sequence[int]) -> list[int]:
        """The UIDs whose messages are not to be ignored."""
        found: list[int] = []
        for start in range(0, len(uids), DESCRIBED):
            some = uids[start : start + DESCRIBED]
            described = await self._described(some)
            found += [uid for uid in some if not self._is_left(uid, described.get(uid))]
        return found

    def _is_left(self, uid: int, about: Described | None) -> bool:
        received_at = about.received_at if about is not None else None
        return self._treatment(uid, received_at) is Treatment.NOT_AT_ALL

    async def _described(self, uids: Sequence[int]) -> dict[int, Described]:
        try:
            return await self._session.describe(uids)
        except CommandRefused as error:
            if error.passing:
                raise
            return {}  # Each message is then described alone.

    async def _together(self, uids: Sequence[int], described: dict[int, Described]) -> Group:
        try:
            bodies = await self._session.bodies(uids)
        except ConnectionBroken:
            self._withheld.suspect(uids)
            raise
        except CommandRefused as error:
            if error.passing:
                raise
            bodies = {}
        arrivals: list[Arrival] = []
        fetched: list[int] = []
        for uid in uids:
            raw = bodies.get(uid)
            if raw is not None:
                arrivals.append(self._arrival(uid, raw, described[uid]))
                fetched.append(uid)
                continue
            alone = await self._single(uid, described[uid])
            arrivals += alone.arrivals
            fetched += alone.uids
        return Group(arrivals=tuple(arrivals), uids=tuple(fetched), through=uids[-1])

    async def _single(self, uid: int, about: Described | None) -> Group:
        """Fetch one message alone, because it is oversized or failed before."""
        tries = self._withheld.tries.get(uid, 0)
        try:
            if about is None:
                about = (await self._session.describe([uid])).get(uid)
            arrival = await self._whole_or_part(uid, about, tries)
        except ConnectionBroken:
            self._withheld.failed([uid])
            raise
        except CommandRefused as error:
            if error.passing:
                raise
            arrival = None
        if arrival is None:
            if await self._session.exists(uid):
                self._withheld.failed([uid])
                log.warning(
                    "listener.message_withheld", source=self._source, uid=uid, tries=tries + 1
                )
                raise MessageWithheld(f"{self._source}: UID {uid}")
            return Group(arrivals=(), uids=(), through=uid)
        return Group(arrivals=(arrival,), uids=(uid,), through=uid)

    async def _whole_or_part(self, uid: int, about: Described | None, tries: int) -> Arrival | None:
        """Fetch a message whole or in part; None if the server does not deliver or have it.

        After WHOLE_TRIES failures only the header is fetched, after one more nothing: the message
        is stored empty.
        """
        if tries > WHOLE_TRIES:
            if not await self._session.exists(uid):
                return None
            log.error("listener.recorded_empty", source=self._source, uid=uid)
            return self._arrival(uid, b"", about, complete=False, undelivered="all")
        if tries == WHOLE_TRIES:
            header = await self._session.beginning(uid, header=HEADER, text=1)
            if header is None:
                return None
            log.error("listener.recorded_from_header", source=self._source, uid=uid)
            return self._arrival(uid, header, about, complete=False, undelivered="text")
        if about is None:
            return None
        if about.size > self._max_message:
            part = await self._session.beginning(uid, header=HEADER, text=TEXT)
            return None if part is None else self._arrival(uid, part, about, complete=False)
        raw = (await self._session.bodies([uid])).get(uid)
        return None if raw is None else self._arrival(uid, raw, about)

    def _arrival(
        self,
        uid: int,
        raw: bytes,
        about: Described | None,
        *,
        complete: bool = True,
        undelivered: str = "",
    ) -> Arrival:
        now = self._clock()
        received_at = about.received_at if about is not None else None
        details: dict[str, str] = {}
        if not complete and about is not None:
            details["size"] = str(about.size)
        if undelivered:
            details["undelivered"] = undelivered
        if self._treatment(uid, received_at) is Treatment.SILENTLY:
            details["existing"] = "1"
        return Arrival(
            source=self._source,
            key=self.key(uid),
            channel=Channel.EMAIL,
            received_at=now if received_at is None else min(received_at, now),
            raw=raw,
            complete=complete,
            details=details,
        )
