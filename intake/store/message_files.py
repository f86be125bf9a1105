"""Files that a message names only by URL, and what became of each."""

from collections.abc import Sequence
from datetime import datetime

from intake.ports.messages import StoredFile, StoredMessage
from intake.store.database import Connection

WAITING = """
    SELECT f.position, f.url, f.content_type, f.state FROM message_files f
     WHERE f.message_id = %s AND f.state = 'waiting' ORDER BY f.position
"""
KEEP = """
    UPDATE message_files SET state = 'here', content = %b,
           content_type = CASE WHEN content_type = '' THEN %s ELSE content_type END
     WHERE message_id = %s AND position = %s
"""
GIVE_UP = """
    UPDATE message_files SET state = 'given_up', detail = %s
     WHERE message_id = %s AND position = %s
"""
LATE = "UPDATE message_files SET late = true WHERE message_id = %s AND position = %s"
TRIED = "UPDATE message_files SET detail = %s WHERE message_id = %s AND position = %s"


async def waiting_files(connection: Connection, message: int) -> list[StoredFile]:
    """Files of a message that are still to be fetched."""
    cursor = await connection.execute(WAITING, [message])
    return [StoredFile(**row) async for row in cursor]


async def accepted_at(connection: Connection, message: int) -> tuple[str, datetime] | None:
    """The source of a message, and when we accepted it; None if there is no such message."""
    cursor = await connection.execute(
        "SELECT source, accepted_at FROM messages WHERE id = %s", [message]
    )
    row = await cursor.fetchone()
    return (row["source"], row["accepted_at"]) if row else None


async def keep_file(
    connection: Connection, message: int, position: int, content: bytes, content_type: str
) -> None:
    """Store a fetched file. Waits if the message is being triaged at this moment."""
    await connection.execute("SELECT FROM messages WHERE id = %s FOR UPDATE", [message])
    await connection.execute(KEEP.encode(), [content, content_type, message, position])


async def give_up_file(connection: Connection, message: int, position: int, why: str) -> None:
    """Record that a file will not be fetched any more."""
    await connection.execute(GIVE_UP, [why, message, position])


async def record_tried(connection: Connection, message: int, position: int, why: str) -> None:
    """Record a failed attempt to fetch a file."""
    await connection.execute(TRIED, [why, message, position])


async def files_came(connection: Connection, loaded: Sequence[StoredMessage]) -> bool:
    """Whether files have been fetched since these messages were loaded."""
    here = {each.id: sum(file.state == "here" for file in each.files) for each in loaded}
    naming = [each.id for each in loaded if each.files]
    if not naming:
        return False
    cursor = await connection.execute(
        """SELECT count(*) AS n FROM message_files
            WHERE message_id = ANY(%s) AND state = 'here'""",
        [naming],
    )
    row = await cursor.fetchone()
    return row is not None and row["n"] != sum(here[each] for each in naming)


async def ticket_of(connection: Connection, message: int) -> int | None:
    """The ticket that a triaged message went to; None before triage."""
    cursor = await connection.execute(
        """SELECT t.id FROM messages m JOIN tickets t ON t.id = m.ticket_id
            WHERE m.id = %s AND m.state = 'done' FOR UPDATE OF m""",
        [message],
    )
    row = await cursor.fetchone()
    return int(row["id"]) if row else None


async def mark_late(connection: Connection, message: int, position: int) -> None:
    """Record that a file came too late to go to the desk with its message."""
    await connection.execute(LATE, [message, position])
