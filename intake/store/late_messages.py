"""Messages that were decided before something became known that changes the decision."""

from datetime import datetime

from intake.store.database import Connection

AGAIN = """
    UPDATE messages SET state = 'new', outcome = NULL, folded_into = NULL
     WHERE ticket_id = %s AND received_at > %s AND state = 'done' AND outcome = 'joined'
    RETURNING id, thread
"""
"""`ticket_id` stays, because the message's text is already on that ticket."""


async def wait_again(
    connection: Connection, ticket_id: int, *, after: datetime
) -> list[tuple[int, str]]:
    """Queue messages for triage again that joined the ticket and were received after that instant.

    Returns their ids and conversations, ordered by id.
    """
    cursor = await connection.execute(AGAIN, [ticket_id, after])
    return sorted([(row["id"], row["thread"]) async for row in cursor])
