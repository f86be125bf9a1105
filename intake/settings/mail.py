"""[mail]: how mail is read."""

from pydantic import Field

from intake.settings.internet_names import EmailAddress
from intake.settings.section import Section


class Mail(Section):
    """Budgets and trust for incoming mail. Sizes in bytes."""

    trusted_authserv_ids: tuple[str, ...] = ()
    """Hosts whose Authentication-Results are believed (RFC 8601); empty: none is. Exchange Online
    gives no host: "microsoft-365" stands for it."""
    own_addresses: tuple[EmailAddress, ...] = ()
    """The desk's own addresses, beside the one it answers from: never answered."""
    max_message: int = Field(default=40_000_000, gt=0)
    """A larger one becomes a ticket from its headers and first text, with a notice."""
    max_attachments: int = Field(default=50, ge=0)
    max_attachment: int = Field(default=25_000_000, ge=0)
    max_attachments_total: int = Field(default=40_000_000, ge=0)
    max_parts: int = Field(default=500, gt=0)
    max_depth: int = Field(default=20, gt=0)
    max_text: int = Field(default=200_000, gt=0)
    """Characters of text kept on the ticket."""
