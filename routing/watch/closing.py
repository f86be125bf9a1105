"""Closes tickets with a note for the client: the solution, or why it was cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from routing.calendar import BusinessCalendar
from routing.vocabulary import Stage


class Ask(StrEnum):
    """Who is asked for the note."""

    OWNER = "owner"
    FIRST_LEVEL = "first_level"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """The state of a ticket that was done or cancelled."""

    stage: str
    closed: bool
    """Whether the desk's status (⚪) is closed."""
    told: bool
    """Whether the client was already told of this end."""
    solution: str | None
    """The text of the newest unused note marked as the solution; None if there is none."""
    reason: str | None
    """The same, of a note marked as the reason for cancelling."""
    owner: str | None
    ended_at: datetime
    """When the ticket was first seen done or cancelled."""
    asked_owner_at: datetime | None
    asked_first_level_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """What to do now about a ticket that ended."""

    close: bool = False
    """Whether to close the desk's status too."""
    text: str | None = None
    """The text for the client, taken from the note alone; None if nothing is sent."""
    ask: Ask | None = None
    look_again_at: datetime | None = None
    """When to check again, if nothing happens before."""


NOTHING = Closing()


def closing(
    ending: Ending, *, patience: timedelta, calendar: BusinessCalendar, now: datetime
) -> Closing:
    """With a note, close the ticket and tell the client, once. Without, ask the owner, then N0.

    `patience`: how long people have to write the note after they ended the ticket.
    """
    if not Stage(ending.stage).is_closed or ending.told:
        return NOTHING
    text = ending.solution if ending.stage == Stage.DONE.value else ending.reason
    if text:
        return Closing(close=not ending.closed, text=text)
    if ending.asked_first_level_at is not None:
        return NOTHING
    if now < ending.ended_at + patience:
        return Closing(look_again_at=ending.ended_at + patience)
    if ending.owner is None:
        return Closing(ask=Ask.FIRST_LEVEL)
    if ending.asked_owner_at is None:
        return Closing(ask=Ask.OWNER, look_again_at=next_business_morning(now, calendar))
    due = next_business_morning(ending.asked_owner_at, calendar)
    return Closing(ask=Ask.FIRST_LEVEL) if now >= due else Closing(look_again_at=due)


def next_business_morning(at: datetime, calendar: BusinessCalendar) -> datetime:
    """The opening of the next business day after the local date of `at`."""
    local = at.astimezone(calendar.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return calendar.next_opening(midnight + timedelta(days=1))


def newest(texts: Sequence[str | None]) -> str | None:
    """The last text that is not empty, or None."""
    return next((text for text in reversed(texts) if text), None)
