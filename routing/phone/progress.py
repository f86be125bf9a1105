"""The delivery status of a sent reply. It only moves forward, in whatever order updates arrive.

Source: Twilio, *Messaging: message status values*.
"""

from enum import StrEnum


class Progress(StrEnum):
    """Delivery statuses; each overrides those before it.

    Delivered and read override failed: the message did arrive.
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
    """The status for one of the provider's; None for one that does not concern sent messages."""
    return _BY_STATUS.get(status.lower())


def further(before: Progress | None, news: Progress) -> bool:
    """Whether a status update moves the delivery forward."""
    return before is None or _RANK[news] > _RANK[before]
