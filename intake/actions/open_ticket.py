"""Open a ticket from what a person wrote down, by the same way as all others."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from intake.context import Context
from intake.ports.arrivals import Intake
from intake.ports.manual_request import ManualRequest
from intake.store.messages import outcome_of

TriageNow = Callable[[Sequence[int]], Awaitable[None]]
"""Decides on stored messages, here and now."""


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


async def open_by_hand(
    context: Context, inbox: Intake, triage: TriageNow, request: ManualRequest
) -> Opened:
    """Store the request, then triage it here and now; what follows is in the queue.

    A daemon that is quicker has triaged it. Raises NotOpened.
    """
    arrival = request.arrival(context.clock())
    await inbox.accept([arrival], source=arrival.source)
    found = await _found(context, arrival.key)
    message = found.pop("id")
    if found["state"] == "new":
        await triage([message])
        found = await _found(context, arrival.key)
        del found["id"]
    state, error = found.pop("state"), found.pop("error")
    if found["number"] is None:
        raise NotOpened(
            f"the request is kept as message {message} ({state}), but no ticket was made of it"
            + (f": {error}; see `intake failed`" if error else "")
        )
    return Opened(values=found)


async def _found(context: Context, key: str) -> dict[str, Any]:
    async with context.database.transaction() as connection:
        row = await outcome_of(connection, key)
    assert row is not None, "what was accepted is in the journal"
    return row
