"""The desk's twin in memory, for tests and trials."""

from collections.abc import Mapping, Sequence

from intake.ports.desk import DeskEntry, DeskRef, DeskTicket, DeskUnavailable, PutResult
from intake.ports.desk_activities import DeskTodo


class MemoryDesk:
    """Keeps what it is given. Set `down` to see what happens without a desk."""

    def __init__(self) -> None:
        self.tickets: dict[str, DeskTicket] = {}
        self.entries: dict[str, DeskEntry] = {}
        self.todos: dict[str, DeskTodo] = {}
        self.strangers: frozenset[str] = frozenset()
        """Logins that it does not know."""
        self.client_tags: dict[str, frozenset[str]] = {}
        """Tags of the clients it knows, by address or number."""
        self.client_contacts: dict[str, frozenset[str]] = {}
        """Requester's address → all addresses of the same client."""
        self.down = False
        self.refuses: dict[str, str] = {}
        """Title of a ticket → the message with which it is refused."""
        self.busy: frozenset[str] = frozenset()
        """Titles of tickets that it cannot take now; a call with one of them fails."""
        self.puts: list[list[str]] = []
        """The titles passed to each call."""
        self.reminds: list[list[str]] = []
        """The logins of the to-dos passed to each call."""

    async def put(self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> PutResult:
        """See `Desk.put`."""
        if self.down:
            raise DeskUnavailable("the desk in memory was told to be down")
        self.puts.append([ticket.title for ticket in tickets])
        if any(ticket.title in self.busy for ticket in tickets):
            raise DeskUnavailable("the desk in memory was told to be busy with one of these")
        refused = {
            ticket.external_id: self.refuses[ticket.title]
            for ticket in tickets
            if ticket.title in self.refuses
        }
        taken = [ticket for ticket in tickets if ticket.external_id not in refused]
        self.tickets.update({ticket.external_id: ticket for ticket in taken})
        for entry in entries:
            if entry.ticket not in refused:
                self.entries.setdefault(entry.external_id, entry)
        return PutResult(
            refs={ticket.external_id: DeskRef(ref=ticket.external_id) for ticket in taken},
            refused=refused,
            strangers=self.strangers,
            client_tags={
                each: self.client_tags.get(each, frozenset()) for each in _writers(taken, entries)
            },
            client_contacts={
                ticket.external_id: self.client_contacts.get(ticket.requester, frozenset())
                for ticket in taken
            },
        )

    async def remind(self, todos: Sequence[DeskTodo]) -> Mapping[str, str]:
        """See `DeskTodos.remind`."""
        if self.down:
            raise DeskUnavailable("the desk in memory was told to be down")
        self.reminds.append([each.login for each in todos])
        taken = {each.external_id: each for each in todos if each.login not in self.strangers}
        self.todos = taken | self.todos
        return {
            each.external_id: f"{each.login} is nobody here"
            for each in todos
            if each.external_id not in taken
        }

    async def settle(self, external_ids: Sequence[str]) -> None:
        """See `DeskTodos.settle`."""
        if self.down:
            raise DeskUnavailable("the desk in memory was told to be down")
        for each in external_ids:
            self.todos.pop(each, None)

    async def ping(self) -> None:
        """See `Desk.ping`."""
        if self.down:
            raise DeskUnavailable("the desk in memory was told to be down")

    async def check(self) -> str:
        """See `Desk.check`."""
        if self.down:
            raise DeskUnavailable("the desk in memory was told to be down")
        return f"desk in memory, {len(self.tickets)} tickets"


def _writers(tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]) -> set[str]:
    asking = {each.requester.lower() for each in tickets if each.trusted_sender and not each.ref}
    said = {each.author.lower() for each in entries if each.kind == "message"}
    return asking | said
