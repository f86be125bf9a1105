"""[watch.digest]: the morning mail to each level."""

import datetime

from pydantic import Field

from intake.settings.section import Section
from routing.watch.digest import DigestPolicy


class Digest(Section):
    """A mail to each level on business mornings that lists the open tickets by what they need."""

    enabled: bool = True
    at: datetime.time | None = None
    """When it is sent, `"08:30"`. Without it: when the desk opens."""
    stale_after_hours: float = Field(default=18, gt=0, le=1000)
    """A ticket is listed as stale after this many business hours without activity."""
    max_listed: int = Field(default=15, ge=1, le=200)
    """At most this many tickets are listed in a section; the others are only counted."""

    def build(self) -> DigestPolicy:
        """The policy for `routing.watch.digest`."""
        return DigestPolicy(
            stopped_after=datetime.timedelta(hours=self.stale_after_hours), most=self.max_listed
        )
