"""The embedded desk: tables in the store's database, for firms and demos without an Odoo."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from intake.ports.desk import DeskEntry, DeskRef, DeskTicket, PutResult
from intake.store.database import Database
from intake.store.embedded_desk import count_tickets, put_entries, put_tickets


class EmbeddedDesk:
    """Implements the `Desk` port with the store's own database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        """See `Desk.put`. The embedded desk has no pages, so it gives no URLs."""
        async with self._database.transaction() as connection:
            await put_tickets(connection, [(t.external_id, t.number, _fields(t)) for t in tickets])
            await put_entries(connection, entries)
        return PutResult(refs={t.external_id: DeskRef(ref=t.external_id) for t in tickets})

    async def ping(self) -> None:
        """See `Desk.ping`. It is available whenever the store is."""

    async def check(self) -> str:
        """See `Desk.check`."""
        async with self._database.transaction() as connection:
            count = await count_tickets(connection)
        return f"embedded desk, {count} tickets"


_ELSEWHERE = frozenset(("external_id", "number", "ref", "url", "changed"))


def _fields(ticket: DeskTicket) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in asdict(ticket).items()
        if key not in _ELSEWHERE
    }
