"""Put failed messages, and tickets that the desk refused, back on the queue."""

from collections.abc import Iterator, Sequence

from intake.context import Context
from intake.notify.outbox import Outbox
from intake.store.claims import clear_suspicion
from intake.store.desk_refusals import refused_tickets
from intake.store.job_failures import take_failures
from intake.store.messages import queue_failed_again
from intake.store.queue import lane_of

MOST = 50
"""At most this many messages in one job, which holds all of them in memory at once."""
LARGEST = 8_000_000
"""At most this many bytes of messages in one job, unless a single message is larger."""


async def retry_failed(context: Context, ids: Sequence[int] | None) -> int:
    """Queue triage of those of `ids` that failed (None: of all that failed). Returns how many.

    Earlier crashes of processes with one of these messages are forgotten.
    """
    lanes = context.config.settings.work.partitions
    async with context.database.transaction() as connection:
        failed = await queue_failed_again(connection, ids)
        await clear_suspicion(connection, [message for message, _, _ in failed])
        sizes_by_lane: dict[int, dict[int, int]] = {}
        for message, conversation, size in failed:
            sizes_by_lane.setdefault(lane_of(conversation, lanes), {})[message] = size
        for lane_number, sizes in sorted(sizes_by_lane.items()):
            for messages in _jobs(sizes):
                await context.queue.triage(connection, lane_number, messages)
    return sum(len(sizes) for sizes in sizes_by_lane.values())


async def retry_refused(context: Context, numbers: Sequence[str] | None) -> int:
    """Queue the sync of those tickets that the desk refused (None: of all). Returns how many."""
    async with context.database.transaction() as connection:
        tickets = await refused_tickets(connection, numbers)
        await Outbox(context, connection).sync(tickets)
    return len(tickets)


async def retry_jobs(context: Context, ids: Sequence[int] | None) -> int:
    """Run failed jobs again, under the lock that they had (all of them, for None). How many."""
    async with context.database.transaction() as connection:
        found = await take_failures(connection, ids)
        for each in found:
            await context.queue.put(connection, each.task, each.lock, **each.arguments)
    return len(found)


def _jobs(sizes: dict[int, int]) -> Iterator[list[int]]:
    """Split messages (id → size in bytes) into jobs, in the order of their ids."""
    job: list[int] = []
    for message_id, size in sorted(sizes.items()):
        if job and (len(job) == MOST or sum(sizes[i] for i in job) + size > LARGEST):
            yield job
            job = []
        job.append(message_id)
    if job:
        yield job
