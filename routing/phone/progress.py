"""How far a reply has come after it left the house: it only goes on, whatever order news come in.

Source: Twilio, *Messaging: message status values*.
"""

from enum import StrEnum


class Progress(StrEnum):
    """In the order in which each outweighs the ones before.

    That it was delivered, or read, outweighs that it failed: it was seen.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"


_RANK = {progress: rank for rank, progress in enumerate(Progress)}
_BY_STATUS = {
    **{progress.value: progress for progress in Progress},
    "accepted": Progress.QUEUED,
    "scheduled": Progress.QUEUED,
    "undelivered": Progress.FAILED,
    "canceled": Progress.FAILED,
}


def progress(status: str) -> Progress | None:
    """Of a status in the provider's words; None for one that says nothing of ours."""
    return _BY_STATUS.get(status.lower())


def further(before: Progress | None, news: Progress) -> bool:
    """Whether the news are news."""
    return before is None or _RANK[news] > _RANK[before]
