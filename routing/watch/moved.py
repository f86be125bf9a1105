"""A deadline that is set or moved is told to the client, once it has come to rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class News(StrEnum):
    """What the client is told."""

    SCHEDULED = "scheduled"
    MOVED = "moved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """A date that the client is told."""

    news: News
    before: datetime | None
    after: datetime


def tell_at(pending: datetime | None, changed_at: datetime, *, gather: timedelta) -> datetime:
    """When the client is told. The first of several moves sets it: later ones come along."""
    return changed_at + gather if pending is None else pending


def announcement(
    told: datetime | None,
    deadline: datetime | None,
    *,
    is_closed: bool,
    notify_schedule: bool,
    notify_reschedules: bool = True,
) -> Announcement | None:
    """What the client is told now, if anything. `told`: the date that they know.

    Moved and moved back is nothing; so is what ends before it was told.
    """
    if is_closed or deadline is None or _same(told, deadline):
        return None
    news = News.SCHEDULED if told is None else News.MOVED
    wanted = notify_schedule if news is News.SCHEDULED else notify_reschedules
    return Announcement(news=news, before=told, after=deadline) if wanted else None


def _same(one: datetime | None, other: datetime) -> bool:
    """Nobody plans by the second."""
    return one is not None and abs(one - other) < timedelta(minutes=1)
