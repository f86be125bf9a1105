"""[conversations]: short messages of one person, and when a matter is a new one."""

from pydantic import Field

from intake.settings.section import Section


class Conversations(Section):
    """On WhatsApp and SMS people write several short messages for one matter."""

    quiet_seconds: float = Field(default=20, ge=0, le=600)
    """Seconds without a further message after which what was written is taken as a whole."""
    max_seconds: float = Field(default=120, ge=0, le=3600)
    """Seconds after the first message at which we wait no more."""
    new_after_hours: float = Field(default=72, gt=0)
    """Hours of silence on an open ticket after which a message opens a new one."""
