"""Open a ticket from what a person wrote down, by the same way as all others."""

from dataclasses import dataclass
from typing import Any

from intake.app.opening import Office
from intake.channels.manual.request import ManualRequest
from intake.jobs.triage import triage_messages

FOUND = """
    SELECT m.id, m.state, m.error, t.number, t.title, t.request_type, t.priority, t.level, t.owner,
           t.first_response_due, t.resolution_due, t.deadline
      FROM messages m LEFT JOIN tickets t ON t.id = m.ticket_id WHERE m.key = %s
"""


class NotOpened(Exception):
    """the request is kept, but no ticket could be made of it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The ticket, as it stands in the journal."""

    values: dict[str, object]

    @property
    def number(self) -> str:
        """As people call it."""
        return str(self.values["number"])


async def open_by_hand(office: Office, request: ManualRequest) -> Opened:
    """Store the request, then triage it here and now; what follows is in the queue.

    A daemon that is quicker has triaged it. Raises NotOpened.
    """
    arrival = request.arrival(office.context.clock())
    await office.gate.accept([arrival], source=arrival.source)
    found = await _found(office, arrival.key)
    message = found.pop("id")
    if found["state"] == "new":
        await triage_messages(office.context, [message])
        found = await _found(office, arrival.key)
        del found["id"]
    state, error = found.pop("state"), found.pop("error")
    if found["number"] is None:
        raise NotOpened(
            f"the request is kept as message {message} ({state}), but no ticket was made of it"
            + (f": {error}; see `intake failed`" if error else "")
        )
    return Opened(values=found)


async def _found(office: Office, key: str) -> dict[str, Any]:
    async with office.database.transaction() as connection:
        cursor = await connection.execute(FOUND, [key])
        row = await cursor.fetchone()
    assert row is not None, "what was accepted is in the journal"
    return row
