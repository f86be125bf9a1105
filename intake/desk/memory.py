"""A desk in memory: the twin for tests and trials."""

from collections.abc import Mapping, Sequence

from intake.desk.port import DeskEntry, DeskTicket, DeskUnavailable


class MemoryDesk:
    """Keeps what it is given. Set `down` to see what happens without a desk."""

    def __init__(self) -> None:
        self.tickets: dict[str, DeskTicket] = {}
        self.entries: dict[str, DeskEntry] = {}
        self.down = False

    async def put(
        self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]
    ) -> Mapping[str, str]:
        """See `Desk.put`."""
        if self.down:
            raise DeskUnavailable("the desk in memory was told to be down")
        self.tickets.update({ticket.external_id: ticket for ticket in tickets})
        for entry in entries:
            self.entries.setdefault(entry.external_id, entry)
        return {}

    async def check(self) -> str:
        """See `Desk.check`."""
        if self.down:
            raise DeskUnavailable("the desk in memory was told to be down")
        return f"desk in memory, {len(self.tickets)} tickets"
