"""The path of a mail: which servers handed it on, when, and what is wrong with how it is built."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """A server that handed a mail on, as the server that took it wrote it down."""

    name: str = ""
    """What the receiving server found for the address (reverse DNS); empty where it found none."""
    claimed: str = ""
    """How the server introduced itself (HELO): it may say anything."""
    address: str = ""
    """IPv4 or IPv6; empty where none was written down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hop:
    """One Received field (RFC 5321, 4.4)."""

    raw: str
    """The field as it came, on one line and no longer than is read."""
    by: str = ""
    """Who received it; empty, as `sender` and `protocol`, where the field does not say so."""
    sender: str = ""
    """The whole clause `from`."""
    server: MailServer = MailServer()
    """What `sender` tells of the server."""
    protocol: str = ""
    at: datetime | None = None
    """In UTC; None where the date is missing or impossible."""
    date: str = ""
    """The date as it is written."""
    delay: float | None = None
    """Seconds since the last earlier hop that has a date; negative where the clocks disagree."""

    @property
    def is_read(self) -> bool:
        """Whether the field names a server at all."""
        return bool(self.by or self.sender)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "by": self.by,
            "from": self.sender,
            "server": asdict(self.server),
            "with": self.protocol,
            "at": self.at.isoformat() if self.at else None,
            "delay": self.delay,
            "raw": self.raw,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Defect:
    """Something in which a mail is not as the RFCs want it."""

    category: str
    """mail-parser's or the standard library's name of it: CloseBoundaryNotFoundDefect."""
    where: str
    """A part's content type, a header, or the number of a hop."""
    detail: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MailPath:
    """What the header and structure of a mail tell of its way."""

    hops: tuple[Hop, ...] = ()
    """The oldest first. Only what our own servers wrote, the last ones, is beyond forging."""
    left_out: int = 0
    """As many older Received fields were not read, of those in the header's first megabyte."""
    origin: MailServer | None = None
    """Who handed the mail to our servers; None where no field says so."""
    defects: tuple[Defect, ...] = ()
    cut: bool = False
    """The structure is larger than what was looked at, so there may be further defects."""

    def as_json(self) -> dict[str, Any]:
        """For `--json`: instants in ISO 8601 and UTC, delays in seconds."""
        return {
            "hops": [hop.as_json() for hop in self.hops],
            "left_out": self.left_out,
            "origin": asdict(self.origin) if self.origin else None,
            "defects": [asdict(defect) for defect in self.defects],
            "cut": self.cut,
        }
