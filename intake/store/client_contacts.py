"""Other addresses of the same client, as last seen at the desk, so that deciding whether somebody
joins a ticket does not wait for the desk.
"""

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
    """Set the client addresses of each ticket, replacing earlier ones."""
    # Always in the same order, so that two writers do not deadlock.
    rows = [(ticket, sorted(some)) for ticket, some in sorted(contacts.items())]
    if not rows:
        return
    async with connection.cursor() as cursor:
        await cursor.executemany(DROP.encode(), rows)
        await cursor.executemany(ADD.encode(), rows)
