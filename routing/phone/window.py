"""WhatsApp's window: a firm may write freely for 24 hours after the client last wrote.

Outside of it only templates that Meta has approved arrive; Twilio answers others with 63016.
Source: Meta, *WhatsApp Business Platform: customer service windows*.
"""

from datetime import datetime, timedelta

LENGTH = timedelta(hours=24)
MARGIN = timedelta(minutes=5)
"""Left unused: Meta counts from its own receipt of the message, and looks at its arrival there."""


def is_open(last_written: datetime | None, now: datetime) -> bool:
    """Whether free text still arrives. None: the client never wrote here."""
    return last_written is not None and now < last_written + LENGTH - MARGIN
