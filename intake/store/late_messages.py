"""Messages that were decided before something was known that changes the decision."""

from datetime import datetime

from intake.store.database import Connection

AGAIN = """
    UPDATE messages SET state = 'new', outcome = NULL, folded_into = NULL
     WHERE ticket_id = %s AND received_at > %s AND state = 'done' AND outcome = 'joined'
    RETURNING id, thread
"""
"""`ticket_id` stays: what they say stands on that ticket already."""


async def wait_again(
    connection: Connection, ticket_id: int, *, after: datetime
) -> list[tuple[int, str]]:
    """Messages received after that instant which joined the ticket wait for triage once more.

    Returns their ids and conversations, in their order.
    """
    cursor = await connection.execute(AGAIN, [ticket_id, after])
    return sorted([(row["id"], row["thread"]) async for row in cursor])
