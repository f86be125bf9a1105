"""Tells the client of a deadline that was set or moved, once it has stopped changing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DateNews(StrEnum):
    """The kind of announcement."""

    SCHEDULED = "scheduled"
    MOVED = "moved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """A deadline that the client is told, and the one that they knew before."""

    news: DateNews
    before: datetime | None
    after: datetime


def tell_at(pending: datetime | None, changed_at: datetime, *, gather: timedelta) -> datetime:
    """When the client is told: `gather` after the first of several changes.

    `pending`: the time that an earlier change already set, or None.
    """
    return changed_at + gather if pending is None else pending


def announcement(
    told: datetime | None,
    deadline: datetime | None,
    *,
    is_closed: bool,
    notify_schedule: bool,
    notify_reschedules: bool = True,
) -> Announcement | None:
    """What the client is told now, or None. `told`: the deadline that they know.

    Nothing is told of a deadline that was moved and moved back, or of a ticket that is closed.
    """
    if is_closed or deadline is None or _same(told, deadline):
        return None
    news = DateNews.SCHEDULED if told is None else DateNews.MOVED
    wanted = notify_schedule if news is DateNews.SCHEDULED else notify_reschedules
    return Announcement(news=news, before=told, after=deadline) if wanted else None


def _same(one: datetime | None, other: datetime) -> bool:
    """Whether two deadlines differ by less than a minute."""
    return one is not None and abs(one - other) < timedelta(minutes=1)
