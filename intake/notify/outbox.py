"""The outbox: what one transaction writes on tickets, and every job that follows from it.

Nobody else writes batches, delivers replies or has the desk synchronised: so none of these can be
forgotten, and a ticket's sync is guarded by the same lock wherever it is asked for.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from intake.context import Context
from intake.notify.alarms import set_alarms
from intake.store.batch import Batch, ReplyRow, write_batch
from intake.store.database import Connection
from intake.store.queue import WAYS_TO_THE_DESK
from intake.store.tickets import by_desk_way


class Outbox:
    """Works in the caller's transaction: the rows and their jobs are there together, or not."""

    def __init__(self, context: Context, connection: Connection) -> None:
        self._context = context
        self._connection = connection

    async def write(
        self,
        batch: Batch,
        *,
        later: Mapping[str, datetime] | None = None,
        also_sync: Collection[int] = (),
    ) -> None:
        """Write the rows; send its replies, bring its tickets to the desk, set their alarms.

        `later` has the uids of replies that are not sent before an instant. `also_sync` are tickets
        of which the desk has to get something else than an entry. Call it last: until the
        transaction ends, nobody decides which alarm fires next.
        """
        await write_batch(self._connection, batch)
        await self._send(batch.replies, later or {})
        await self.sync(batch.touched | set(also_sync))
        await set_alarms(self._context, self._connection, batch.opened)

    async def sync(self, tickets: Collection[int]) -> None:
        """The desk gets what it does not know of these tickets."""
        if not tickets:
            return
        by_way = await by_desk_way(self._connection, tickets, WAYS_TO_THE_DESK)
        for way, ids in sorted(by_way.items()):
            await self._context.queue.sync(self._connection, way, ids)

    async def deliver(self, uids: Iterable[str], *, at: datetime | None = None) -> None:
        """Send replies that are written already, at once or not before `at`."""
        some = list(uids)
        if some:
            await self._context.queue.deliver(self._connection, some, at=at)

    async def _send(self, replies: Iterable[ReplyRow], later: Mapping[str, datetime]) -> None:
        by_instant: dict[datetime | None, list[str]] = {}
        for reply in replies:
            if reply.state == "queued":
                by_instant.setdefault(later.get(str(reply.uid)), []).append(str(reply.uid))
        for at, uids in by_instant.items():
            await self.deliver(uids, at=at)
