"""Tags of clients as last seen at the desk, so that rules do not wait for the desk."""

from collections.abc import Collection, Mapping
from datetime import datetime

from intake.store.database import Connection

KEEP = """
    INSERT INTO client_tags (address, tags, at) VALUES (%s, %s, %s)
    ON CONFLICT (address) DO UPDATE SET tags = excluded.tags, at = excluded.at
"""
DROP = "DELETE FROM client_tags WHERE address = ANY(%s)"
LOAD = "SELECT address, tags FROM client_tags WHERE address = ANY(%(senders)s)"


async def keep_client_tags(
    connection: Connection, tags: Mapping[str, Collection[str]], *, at: datetime
) -> None:
    """Store tags just read from the desk. Clients without tags are deleted."""
    # Always in the same order, so that two writers do not deadlock.
    rows = [(address, sorted(some), at) for address, some in sorted(tags.items()) if some]
    none = [address for address, some in sorted(tags.items()) if not some]
    async with connection.cursor() as cursor:
        if rows:
            await cursor.executemany(KEEP.encode(), rows)
        if none:
            await cursor.execute(DROP.encode(), [none])
