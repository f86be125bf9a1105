"""The embedded desk's tables: its tickets and their entries."""

from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb

from intake.ports.desk import DeskEntry
from intake.store.database import Connection

PUT_TICKET = """
    INSERT INTO desk_tickets (external_id, number, fields) VALUES (%s, %s, %s)
    ON CONFLICT (external_id) DO UPDATE SET fields = excluded.fields
"""
PUT_ENTRY = """
    INSERT INTO desk_entries (external_id, ticket, kind, author, body) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (external_id) DO NOTHING
"""


async def put_tickets(
    connection: Connection, tickets: Sequence[tuple[str, str, dict[str, Any]]]
) -> None:
    """Write tickets, each as external id, number and fields. An existing ticket gets the new
    fields.
    """
    if tickets:
        async with connection.cursor() as cursor:
            await cursor.executemany(
                PUT_TICKET,
                [(external, number, Jsonb(fields)) for external, number, fields in tickets],
            )


async def put_entries(connection: Connection, entries: Sequence[DeskEntry]) -> None:
    """Write entries. An existing entry is left as it is."""
    if entries:
        async with connection.cursor() as cursor:
            await cursor.executemany(
                PUT_ENTRY,
                [(e.external_id, e.ticket, e.kind, e.author, e.body_html) for e in entries],
            )


async def count_tickets(connection: Connection) -> int:
    """How many tickets the desk has."""
    row = await (await connection.execute("SELECT count(*) AS n FROM desk_tickets")).fetchone()
    return int(row["n"]) if row else 0
