"""Put failed messages back in the queue."""

from collections.abc import Iterator, Sequence

from intake.work.context import Context
from intake.work.queue import lane_of

MOST = 50
"""Messages in one job: a job has all of its messages in memory at once."""
LARGEST = 8_000_000
"""Bytes of the messages of one job, where it has more than one."""


async def retry_failed(context: Context, ids: Sequence[int] | None) -> int:
    """Those of `ids` that failed (all that failed, for None). Returns how many."""
    lanes = context.in_force.settings.work.lanes
    async with context.database.transaction() as connection:
        cursor = await connection.execute(
            """UPDATE messages SET state = 'new', error = NULL
                WHERE state = 'failed' AND (%(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s))
            RETURNING id, thread, raw_size""",
            {"ids": None if ids is None else list(ids)},
        )
        sizes_by_lane: dict[int, dict[int, int]] = {}
        async for row in cursor:
            lane = sizes_by_lane.setdefault(lane_of(row["thread"], lanes), {})
            lane[row["id"]] = row["raw_size"]
        for lane_number, sizes in sorted(sizes_by_lane.items()):
            for messages in _jobs(sizes):
                await context.queue.triage(connection, lane_number, messages)
    return sum(len(sizes) for sizes in sizes_by_lane.values())


def _jobs(sizes: dict[int, int]) -> Iterator[list[int]]:
    """Messages by their ids, in order, cut into jobs."""
    job: list[int] = []
    for message_id, size in sorted(sizes.items()):
        if job and (len(job) == MOST or sum(sizes[i] for i in job) + size > LARGEST):
            yield job
            job = []
        job.append(message_id)
    if job:
        yield job
