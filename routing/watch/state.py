"""The state of a ticket at one instant, which all of `routing.watch` works with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.vocabulary import Kind, Priority, Stage

_SAME = timedelta(seconds=1)
"""Instants closer than this are the same: desks store no fractions of a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketState:
    """A ticket at one instant. Every instant carries a time zone."""

    id: int
    number: str
    title: str = field(default="", repr=False)
    kind: Kind = Kind.CLIENT
    request_type: str
    priority: Priority = Priority.MEDIUM
    level: str
    owner: str | None = None
    stage: Stage = Stage.NEW
    received_at: datetime
    assigned_at: datetime
    """When the present owner got it."""
    first_response_due: datetime
    resolution_due: datetime | None = None
    """None if the request type has no term (until resolved)."""
    deadline: datetime | None = None
    """The deadline that the owner set (procedure: data final)."""
    deadline_set_at: datetime | None = None
    """When the deadline was last set or moved; None if that is not known."""
    acknowledged_at: datetime | None = None
    reopened_at: datetime | None = None
    """When a client's message last reopened it."""
    closed_at: datetime | None = None
    seen_at: datetime | None = None
    """When the present owner last did something on it."""
    fired_at: Mapping[str, datetime] = field(default_factory=dict)
    """Alarm kind → when it last fired."""
    desk_url: str | None = None
    imported_silently: bool = False
    """True if it came from mail that was in a mailbox before we first read it: its client was told
    nothing."""

    @property
    def is_closed(self) -> bool:
        """Whether it is done or cancelled: nothing more is owed on it."""
        return self.stage.is_closed

    @property
    def owned_since(self) -> datetime:
        """When the owner became responsible: the assignment, or the last reopening if later."""
        return max(self.assigned_at, self.reopened_at or self.assigned_at)

    @property
    def started_at(self) -> datetime:
        """When the terms started: the receipt, or the last reopening if that is later."""
        return max(self.received_at, self.reopened_at or self.received_at)

    @property
    def is_scheduled(self) -> bool:
        """Whether it is past the stage NEW and has a deadline: the procedure asks for both."""
        return self.stage is not Stage.NEW and self.deadline is not None

    @property
    def promised_until(self) -> datetime | None:
        """When the client expects the solution: the deadline, else the resolution's due time.

        None if there is neither. The client of a silently imported ticket was told no due time, so
        only the owner's own deadline counts.
        """
        if self.imported_silently:
            return self.own_date
        return self.deadline or self.resolution_due

    @property
    def own_date(self) -> datetime | None:
        """The deadline, if it is not just the resolution's due time that we promised; else None."""
        deadline, due = self.deadline, self.resolution_due
        if deadline is None or (due is not None and abs(deadline - due) < _SAME):
            return None
        return deadline
