"""A ticket at one instant, as all of the watch looks at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.vocabulary import Kind, Priority, Stage

_SAME = timedelta(seconds=1)
"""Desks know no fractions of a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketState:
    """Values only; every instant carries a time zone."""

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
    """When the owner got it."""
    first_response_due: datetime
    resolution_due: datetime | None = None
    """None where the request type has no term (until resolved)."""
    deadline: datetime | None = None
    """The date that the owner set (procedure: data final)."""
    deadline_set_at: datetime | None = None
    """When it was set, or moved, last; None where that is not known."""
    acknowledged_at: datetime | None = None
    reopened_at: datetime | None = None
    """When a client's message opened it again, the last time."""
    closed_at: datetime | None = None
    seen_at: datetime | None = None
    """When the owner last did something on it, since it is theirs."""
    fired_at: Mapping[str, datetime] = field(default_factory=dict)
    """Alarm kind → when it rang last."""
    desk_url: str | None = None
    imported_silently: bool = False
    """It came from what was in a mailbox before us, and its client was told nothing."""

    @property
    def is_closed(self) -> bool:
        """Done or cancelled: nothing more is owed on it."""
        return self.stage.is_closed

    @property
    def owned_since(self) -> datetime:
        """From when its owner answers for it: a ticket that is opened again starts anew."""
        return max(self.assigned_at, self.reopened_at or self.assigned_at)

    @property
    def started_at(self) -> datetime:
        """From when the terms run."""
        return max(self.received_at, self.reopened_at or self.received_at)

    @property
    def is_scheduled(self) -> bool:
        """Seen by its owner, with a date: both, as the procedure asks."""
        return self.stage is not Stage.NEW and self.deadline is not None

    @property
    def promised_until(self) -> datetime | None:
        """What the client expects: the owner's date, else the term; None where there is neither.

        Of a term the client was told nothing where the ticket was imported silently.
        """
        if self.imported_silently:
            return self.own_date
        return self.deadline or self.resolution_due

    @property
    def own_date(self) -> datetime | None:
        """The owner's date, where it is not merely the term that we promised."""
        deadline, due = self.deadline, self.resolution_due
        if deadline is None or (due is not None and abs(deadline - due) < _SAME):
            return None
        return deadline
