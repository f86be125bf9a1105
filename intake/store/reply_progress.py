"""Delivery statuses from the provider. They may come in any order; a reply's progress never goes
backwards.

A status may arrive before we have committed the provider's id of the reply. Then it waits in
`early_news`. A lock on the id keeps the two from missing each other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.store.database import Connection
from intake.store.replies import QueuedReply
from routing.phone.progress import Progress, further, progress

KEPT = timedelta(days=2)
"""How long an early status is kept. If it matches no reply by then, it was not about one of
ours.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryNews:
    """A status of one message: `provider_id` is the provider's id of it, `status` the provider's
    word.
    """

    provider_id: str
    status: str
    at: datetime
    code: str = ""
    """The provider's error code, if it failed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedReply:
    """A reply that the provider accepted but could not deliver."""

    uid: str
    code: int


async def record_status(connection: Connection, update: DeliveryNews) -> FailedReply | None:
    """Record a status in the caller's transaction. Returns the reply if this status makes it
    fail.
    """
    if progress(update.status) is None:
        return None
    await _lock(connection, update.provider_id)
    cursor = await connection.execute(
        "SELECT uid, progress FROM replies WHERE provider_id = %s FOR UPDATE", [update.provider_id]
    )
    row = await cursor.fetchone()
    if row is None:
        await _keep(connection, update)
        return None
    before = Progress(row["progress"]) if row["progress"] else None
    return await _apply(connection, str(row["uid"]), before, [update])


async def record_taken(
    connection: Connection, reply: QueuedReply, provider_id: str
) -> FailedReply | None:
    """Record that the provider accepted a reply under this id, with statuses that came in earlier.

    Returns the reply if one of them says that it failed.
    """
    await _lock(connection, provider_id)
    # An answer that quotes the reply uses this id (`PROVIDER_THREADS` in intake/store/ledger.py).
    await connection.execute(
        "UPDATE replies SET provider_id = %s WHERE uid = %s", [provider_id, reply.uid]
    )
    cursor = await connection.execute(
        "DELETE FROM early_news WHERE provider_id = %s RETURNING status, code, noted_at",
        [provider_id],
    )
    early = [
        DeliveryNews(
            provider_id=provider_id, status=row["status"], code=row["code"], at=row["noted_at"]
        )
        async for row in cursor
    ]
    return await _apply(connection, str(reply.uid), None, early)


async def _apply(
    connection: Connection, uid: str, before: Progress | None, updates: list[DeliveryNews]
) -> FailedReply | None:
    summary, last = before, None
    for update in updates:
        news = progress(update.status)
        if news is not None and further(summary, news):
            summary, last = news, update
    if last is None or summary is None:
        return None
    await connection.execute(
        """UPDATE replies SET progress = %s, progress_at = %s, progress_code = nullif(%s, '')
            WHERE uid = %s""",
        [summary.value, last.at, last.code, uid],
    )
    if summary is not Progress.FAILED:
        return None
    return FailedReply(uid=uid, code=int(last.code) if last.code.isdecimal() else 0)


async def _keep(connection: Connection, update: DeliveryNews) -> None:
    await connection.execute(
        """INSERT INTO early_news (provider_id, status, code, noted_at) VALUES (%s, %s, %s, %s)
           ON CONFLICT DO NOTHING""",
        [update.provider_id, update.status, update.code, update.at],
    )
    await connection.execute("DELETE FROM early_news WHERE noted_at < %s", [update.at - KEPT])


async def _lock(connection: Connection, provider_id: str) -> None:
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [provider_id])
