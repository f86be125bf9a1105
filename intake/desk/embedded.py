"""The embedded desk: tables beside the journal, for firms and demos without an Odoo."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from intake.ports.desk import DeskEntry, DeskRef, DeskTicket, PutResult
from intake.store.database import Database

PUT_TICKET = """
    INSERT INTO desk_tickets (external_id, number, fields) VALUES (%s, %s, %s)
    ON CONFLICT (external_id) DO UPDATE SET fields = excluded.fields
"""
PUT_ENTRY = """
    INSERT INTO desk_entries (external_id, ticket, kind, author, body) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (external_id) DO NOTHING
"""


class EmbeddedDesk:
    """Fills the desk port with the journal's own database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        """See `Desk.put`. It has no pages yet, so no URLs."""
        async with self._database.transaction() as connection, connection.cursor() as cursor:
            if tickets:
                await cursor.executemany(
                    PUT_TICKET, [(t.external_id, t.number, Jsonb(_fields(t))) for t in tickets]
                )
            if entries:
                await cursor.executemany(
                    PUT_ENTRY,
                    [(e.external_id, e.ticket, e.kind, e.author, e.body_html) for e in entries],
                )
        return PutResult(refs={t.external_id: DeskRef(ref=t.external_id) for t in tickets})

    async def ping(self) -> None:
        """See `Desk.ping`. It is there wherever the store is."""

    async def check(self) -> str:
        """See `Desk.check`."""
        async with self._database.transaction() as connection:
            found = await connection.execute("SELECT count(*) AS n FROM desk_tickets")
            row = await found.fetchone()
        return f"embedded desk, {row['n'] if row else 0} tickets"


_ELSEWHERE = frozenset(("external_id", "number", "ref", "url", "changed"))


def _fields(ticket: DeskTicket) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in asdict(ticket).items()
        if key not in _ELSEWHERE
    }
