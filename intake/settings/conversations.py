"""[conversations]: how short messages of one person are joined, and when they start a new
ticket."""

from pydantic import Field

from intake.settings.section import Section


class Conversations(Section):
    """On WhatsApp and SMS people write several short messages about one matter: they become one
    ticket."""

    quiet_seconds: float = Field(default=20, ge=0, le=600)
    """The messages are joined after this many seconds without a further one."""
    max_seconds: float = Field(default=120, ge=0, le=3600)
    """The messages are joined at most this many seconds after the first one."""
    new_after_hours: float = Field(default=72, gt=0)
    """After this many hours without a message, the next one opens a new ticket even if the old one
    is still open."""
