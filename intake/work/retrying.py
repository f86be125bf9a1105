"""Put failed messages, and tickets that the desk refused, back in the queue."""

from collections.abc import Sequence

from intake.journal.refusals import lanes_of_refused
from intake.work.context import Context
from intake.work.queue import lane_of


async def retry_failed(context: Context, ids: Sequence[int] | None) -> int:
    """Those of `ids` that failed (all that failed, for None). Returns how many."""
    lanes = context.in_force.settings.work.lanes
    async with context.database.transaction() as connection:
        cursor = await connection.execute(
            """UPDATE messages SET state = 'new', error = NULL
                WHERE state = 'failed' AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
            RETURNING id, thread""",
            {"ids": None if ids is None else list(ids)},
        )
        by_lane: dict[int, list[int]] = {}
        async for row in cursor:
            by_lane.setdefault(lane_of(row["thread"], lanes), []).append(row["id"])
        for lane, messages in sorted(by_lane.items()):
            await context.queue.triage(connection, lane, sorted(messages))
    return sum(len(messages) for messages in by_lane.values())


async def retry_refused(context: Context, numbers: Sequence[str] | None) -> int:
    """Have the desk asked again about those of these tickets that it refused (all, for None)."""
    lanes = context.in_force.settings.work.lanes
    by_lane: dict[int, list[int]] = {}
    async with context.database.transaction() as connection:
        for ticket, lane in await lanes_of_refused(connection, numbers):
            by_lane.setdefault(lane % lanes, []).append(ticket)
        for lane, tickets in sorted(by_lane.items()):
            await context.queue.carry(connection, lane, tickets)
    return sum(len(tickets) for tickets in by_lane.values())
