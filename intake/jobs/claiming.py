"""Claim messages before they are read, in a small transaction of its own.

A message that a process had claimed when it died goes into quarantine, out of its partition. Only
the later messages of its conversation wait for it; everything else goes on.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import structlog

from intake.context import Context
from intake.ports.messages import StoredMessage
from intake.store.claims import claim, mark_suspects, unclaimed, waiting_in
from routing.burst import BURSTING

log = structlog.get_logger()


async def claim_messages(context: Context, ids: Sequence[int]) -> list[StoredMessage]:
    """Claim those of the messages that wait; for short messages, also the rest of their burst.

    Suspects (claimed by a process that died), and the messages that follow them in their
    conversations, are put into quarantine.
    """
    run = context.run
    await run.begin()
    living: set[UUID] = set()
    while True:
        claimed, left = await _claim(context, ids, living)
        others = {holder for _, holder in left if holder is not None} - {run.id, *living}
        if not others:
            break
        living |= others - await mark_dead_runs(context, others)
    if left:
        apart = [message for message, _ in left]
        async with context.database.transaction() as connection:
            await context.queue.quarantine(connection, apart)
    return claimed


async def _claim(
    context: Context, ids: Sequence[int], living: Collection[UUID]
) -> tuple[list[StoredMessage], list[tuple[int, UUID | None]]]:
    """Return the messages claimed now, and (id, holder's run) of those that still wait."""
    run = context.run.id
    async with context.database.transaction() as connection:
        claimed = await claim(connection, ids, run, living)
        wanted = set(ids)
        threads = {each.thread for each in claimed if each.channel in BURSTING}
        if threads:
            channels = [channel.value for channel in BURSTING]
            more = set(await waiting_in(connection, threads, channels)) - wanted
            if more:
                claimed += await claim(connection, sorted(more), run, living)
                wanted |= more
                claimed.sort(key=lambda each: each.id)
        done = {each.id for each in claimed}
        left = await unclaimed(connection, wanted, done) if wanted - done else []
    return claimed, left


async def mark_dead_runs(context: Context, runs: Collection[UUID]) -> set[UUID]:
    """Return which of these runs are dead, and mark the messages that they held as suspects."""
    dead = {run for run in runs if not await context.run.lives(run)}
    if dead:
        async with context.database.transaction() as connection:
            messages = await mark_suspects(connection, sorted(dead))
        log.warning("triage.process_died", runs=len(dead), messages=messages)
    return dead
