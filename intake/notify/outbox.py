"""The outbox: writes the rows of one transaction, and queues every job that follows from them.

Only the outbox writes batches and queues deliveries and desk syncs. So none can be forgotten, and a
ticket is always synced under the same lock.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from intake.context import Context
from intake.notify.alarms import set_alarms
from intake.store.batch import Batch, ReplyRow, write_batch
from intake.store.database import Connection
from intake.store.queue import DESK_SYNC_WAYS
from intake.store.tickets import by_desk_way


class Outbox:
    """Works in the caller's transaction: rows and jobs are committed together or not at all."""

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
        """Write the rows, queue the replies and the sync of their tickets, and set alarms.

        `later`: reply uid → the instant before which it is not sent. `also_sync`: tickets to sync
        besides those with new rows. Call it last: until the transaction ends, no other one can
        decide when the next alarm fires.
        """
        await write_batch(self._connection, batch)
        await self._send(batch.replies, later or {})
        await self.sync(batch.touched | set(also_sync))
        await set_alarms(self._context, self._connection, batch.opened)

    async def sync(self, tickets: Collection[int]) -> None:
        """Queue the sync of these tickets to the desk."""
        if not tickets:
            return
        by_way = await by_desk_way(self._connection, tickets, DESK_SYNC_WAYS)
        for way, ids in sorted(by_way.items()):
            await self._context.queue.sync(self._connection, way, ids)

    async def deliver(self, uids: Iterable[str], *, at: datetime | None = None) -> None:
        """Queue the delivery of replies that are stored already, now or for `at`."""
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
