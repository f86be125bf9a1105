"""WhatsApp's customer service window: 24 hours after the client last wrote.

Within it we may send free text. Outside of it only templates approved by Meta are delivered; Twilio
rejects other messages with error 63016.
Source: Meta, *WhatsApp Business Platform: customer service windows*.
"""

from datetime import datetime, timedelta

LENGTH = timedelta(hours=24)
MARGIN = timedelta(minutes=5)
"""Safety margin at the end of the window: Meta counts from when it received the client's message,
to when it receives ours."""


def is_open(last_written: datetime | None, now: datetime) -> bool:
    """Whether free text may be sent. `last_written` is None if the client never wrote here."""
    return last_written is not None and now < last_written + LENGTH - MARGIN
