"""The tags of clients as the desk had them last: rules do not wait for the desk."""

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
    """As the desk has just shown them; who has none any more is forgotten."""
    # In one order, so that two who write at once do not wait for each other.
    rows = [(address, sorted(some), at) for address, some in sorted(tags.items()) if some]
    none = [address for address, some in sorted(tags.items()) if not some]
    async with connection.cursor() as cursor:
        if rows:
            await cursor.executemany(KEEP.encode(), rows)
        if none:
            await cursor.execute(DROP.encode(), [none])
