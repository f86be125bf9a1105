"""Triage suspects one at a time: messages that a process had claimed when it died.

This process claims nothing else meanwhile, so if it dies too, the message is to blame. A message
with which too many processes died is marked as failed.
"""

from collections.abc import Sequence

import structlog

from intake.context import Context
from intake.jobs.claiming import mark_dead_runs
from intake.jobs.triage import fail_message, triage_alone, triage_messages
from intake.store.claims import Suspect, claim_alone, clear_suspicion, load_suspects
from intake.store.messages import load_messages

log = structlog.get_logger()

MOST_READING = 3
"""A message with which this many processes died before it was read is marked as failed."""
MOST_DEATHS = 10
"""The same for deaths at any time. It is higher: after the reading, the message is hardly to
blame."""
KILLED = "o processo terminou {times} vezes enquanto esta mensagem era processada"


async def triage_quarantined(context: Context, ids: Sequence[int]) -> None:
    """Triage all suspects, one after the other, and then the messages `ids` that waited for them.

    Raises only where the database is away.
    """
    await context.run.begin()
    for suspect in await _suspects(context):
        async with context.run.alone():
            await _take(context, suspect)
    await triage_messages(context, ids)


async def _suspects(context: Context) -> list[Suspect]:
    async with context.database.transaction() as connection:
        found = await load_suspects(connection)
    holders = {each.claimed_by for each in found if each.claimed_by} - {context.run.id}
    if not await mark_dead_runs(context, holders):
        return found
    async with context.database.transaction() as connection:
        return await load_suspects(connection)


async def _take(context: Context, suspect: Suspect) -> None:
    if suspect.read_deaths >= MOST_READING or suspect.deaths >= MOST_DEATHS:
        await _put_aside(context, suspect)
        return
    async with context.database.transaction() as connection:
        stored = await claim_alone(connection, suspect.id, context.run.id)
    if stored is None:
        return
    log.warning("triage.alone", message=stored.id, deaths=suspect.deaths)
    await triage_alone(context, stored)
    async with context.database.transaction() as connection:
        await clear_suspicion(connection, [stored.id])


async def _put_aside(context: Context, suspect: Suspect) -> None:
    async with context.database.transaction() as connection:
        found = await load_messages(connection, [suspect.id])
    for stored in found:
        log.error("triage.poison", message=stored.id, deaths=suspect.deaths)
        await fail_message(context, stored, KILLED.format(times=_times(suspect.deaths)))


def _times(deaths: int) -> str:
    return {3: "três", 4: "quatro", 5: "cinco"}.get(deaths, str(deaths))
