"""Where nobody writes any more: what waits for a silence is taken as it is."""

from intake.context import Context
from intake.jobs.triage import triage_messages
from routing.burst import BURSTING

WAITING = """
    SELECT max(id) AS id FROM messages WHERE state = 'new' AND channel = ANY(%s) GROUP BY thread
"""


async def end_talks(context: Context) -> int:
    """Triage all conversations that wait; gives how many. Their jobs find nothing to do later."""
    async with context.database.transaction() as connection:
        cursor = await connection.execute(WAITING, [[channel.value for channel in BURSTING]])
        ids = [row["id"] async for row in cursor]
    await triage_messages(context, ids, ended=True)
    return len(ids)
