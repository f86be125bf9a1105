"""What the daemon asks of a desk. Every call may be repeated and then changes nothing more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskTicket:
    """A ticket as the desk shall have it."""

    external_id: str
    """The same ticket, the same id: what makes creation repeatable."""
    number: str
    title: str
    description_html: str = field(repr=False)
    channel: str
    requester: str
    requester_name: str
    kind: str
    request_type: str
    service: str | None
    priority: str
    level: str
    owner: str | None
    stage: str
    tags: tuple[str, ...]
    missing: tuple[str, ...]
    received_at: datetime
    first_response_due: datetime
    resolution_due: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskEntry:
    """Something said on a ticket. A `note` is internal and must never reach a client."""

    external_id: str
    ticket: str
    """The ticket's external id."""
    kind: str
    """`message` (from the client), `reply` (ours to the client) or `note` (internal)."""
    author: str
    body_html: str = field(repr=False)


class DeskUnavailable(Exception):
    """the desk does not answer; what it should get waits"""


class Desk(Protocol):
    """Odoo, the embedded desk, or memory."""

    async def put(
        self, tickets: Sequence[DeskTicket], entries: Sequence[DeskEntry]
    ) -> Mapping[str, str]:
        """Create or update tickets, then append entries, in their order.

        Returns external id → URL of the tickets that people can open in a browser. Raises
        DeskUnavailable, and then may have done a part; the same call again does the rest.
        """
        ...

    async def check(self) -> str:
        """A line for `intake doctor`. Raises DeskUnavailable with what to do about it."""
        ...
