"""Ends all bursts at once, for when no further messages will come."""

from intake.context import Context
from intake.jobs.triage import triage_messages
from intake.store.messages import last_of_each_burst


async def flush_bursts(context: Context) -> int:
    """Triage all bursts that wait, and return how many. Their jobs find nothing to do later."""
    async with context.database.transaction() as connection:
        ids = await last_of_each_burst(connection)
    await triage_messages(context, ids, ended=True)
    return len(ids)
