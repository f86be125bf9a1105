"""Open a ticket from what a person wrote down. It is stored and triaged like any other message."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from intake.context import Context
from intake.ports.arrivals import Intake
from intake.ports.manual_request import ManualRequest
from intake.store.messages import outcome_of

TriageNow = Callable[[Sequence[int]], Awaitable[None]]
"""Triages stored messages at once, in this process."""


class NotOpened(Exception):
    """the request is kept, but no ticket could be made of it"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """The new ticket's row in the store, as column → value."""

    values: dict[str, object]

    @property
    def number(self) -> str:
        """The ticket's number, as people use it."""
        return str(self.values["number"])


async def open_by_hand(
    context: Context, inbox: Intake, triage: TriageNow, request: ManualRequest
) -> Opened:
    """Store the request and triage it at once, unless a daemon was quicker.

    Replies and desk sync are queued. Raises NotOpened.
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
