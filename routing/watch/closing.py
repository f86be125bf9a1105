"""A ticket ends with a note for the client: the solution, or why it was cancelled."""

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
    """What is known of a ticket's end."""

    stage: str
    closed: bool
    """Whether the status (⚪) says so."""
    told: bool
    """Whether the client was told of this end."""
    solution: str | None
    """Of the newest note marked so that was not used yet; None where there is none."""
    reason: str | None
    owner: str | None
    ended_at: datetime
    """When it was first seen done or cancelled."""
    asked_owner_at: datetime | None
    asked_first_level_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """What is done about it now."""

    close: bool = False
    """The status is closed as well."""
    text: str | None = None
    """What the client is told, from that note alone."""
    ask: Ask | None = None
    look_again_at: datetime | None = None
    """When this has to be asked again, if nothing happens."""


NOTHING = Closing()


def closing(
    ending: Ending, *, patience: timedelta, calendar: BusinessCalendar, now: datetime
) -> Closing:
    """With the note there: close and tell, once. Without it: ask the owner, then N0.

    `patience`: the time that people have to write it after they moved the ticket.
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
    """The last that is not empty."""
    return next((text for text in reversed(texts) if text), None)
