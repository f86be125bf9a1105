"""[watch.digest]: what each level is sent in the morning."""

import datetime

from pydantic import Field

from intake.settings.section import Section
from routing.watch.digest import DigestPolicy


class Digest(Section):
    """A mail to each level on business mornings, with the open tickets by what they need."""

    enabled: bool = True
    at: datetime.time | None = None
    """When it goes out, `"08:30"`; without it, when the desk opens."""
    stale_after_hours: float = Field(default=18, gt=0, le=1000)
    """Business hours without a move after which a ticket counts as standing still."""
    max_listed: int = Field(default=15, ge=1, le=200)
    """Tickets that one section names; the others are counted."""

    def build(self) -> DigestPolicy:
        """The policy for `routing.watch.digest`."""
        return DigestPolicy(
            stopped_after=datetime.timedelta(hours=self.stale_after_hours), most=self.max_listed
        )
