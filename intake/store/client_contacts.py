"""Who else is the same client, as the desk showed it last: joining a ticket waits for no desk."""

from collections.abc import Collection, Mapping

from intake.store.database import Connection

ADD = """
    INSERT INTO client_contacts (ticket_id, address) SELECT %s, unnest(%s::text[])
    ON CONFLICT DO NOTHING
"""
DROP = "DELETE FROM client_contacts WHERE ticket_id = %s AND NOT address = ANY(%s::text[])"


async def keep_client_contacts(
    connection: Connection, contacts: Mapping[int, Collection[str]]
) -> None:
    """By ticket: these addresses are its client's, and no others."""
    # In one order, so that two who write at once do not wait for each other.
    rows = [(ticket, sorted(some)) for ticket, some in sorted(contacts.items())]
    if not rows:
        return
    async with connection.cursor() as cursor:
        await cursor.executemany(DROP.encode(), rows)
        await cursor.executemany(ADD.encode(), rows)
