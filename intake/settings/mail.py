"""[mail]: how mail is read."""

from pydantic import Field

from intake.settings.internet_names import EmailAddress
from intake.settings.section import Section


class Mail(Section):
    """Limits on incoming mail, and which servers' checks are trusted. Sizes in bytes."""

    trusted_authserv_ids: tuple[str, ...] = ()
    """Hosts whose Authentication-Results are believed (RFC 8601). Empty: none. Exchange Online
    writes no host; name it "microsoft-365"."""
    own_addresses: tuple[EmailAddress, ...] = ()
    """Further addresses of the desk, besides `replies.sender`. The desk never replies to its own
    addresses."""
    max_message: int = Field(default=40_000_000, gt=0)
    """A larger message becomes a ticket with only its headers and the beginning of its text, and a
    notice that says so."""
    max_attachments: int = Field(default=50, ge=0)
    max_attachment: int = Field(default=25_000_000, ge=0)
    max_attachments_total: int = Field(default=40_000_000, ge=0)
    max_parts: int = Field(default=500, gt=0)
    max_depth: int = Field(default=20, gt=0)
    max_text: int = Field(default=200_000, gt=0)
    """Characters of text kept on the ticket."""
