"""What a reply may say: the facts of a ticket at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmFacts:
    """One alarm, for whoever is told of it. What clients wrote (`title`) is taken as hostile."""

    kind: str
    """See `routing.watch.alarms.AlarmKind`."""
    about: datetime
    """The instant that it is about: a term's end, a date, an assignment."""
    since: datetime
    """Since when its owner has it."""
    role: str
    """In what capacity the reader is told: owner, first-level or coordination."""
    number: str
    title: str = field(default="", repr=False)
    owner_name: str = ""
    level: str = ""
    instead_of: str = ""
    """Who is not at work, and for whom the reader is told."""
    desk_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestLine:
    """One ticket in a digest. What clients wrote (`title`) is taken as hostile."""

    number: str
    at: datetime
    """Since or until when, by the section's topic."""
    title: str = field(default="", repr=False)
    owner_name: str = ""
    level: str = ""
    urgent: bool = False
    desk_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestSection:
    """Tickets of one topic; see `routing.watch.digest.Topic`."""

    topic: str
    total: int
    lines: tuple[DigestLine, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyFacts:
    """Values only. What clients wrote (`title`, `requester_name`, `extra`) is taken as hostile.

    `extra` is what one kind of reply needs beside the ticket; see `intake.ports.reply_kinds`.
    """

    number: str = ""
    """Empty where there is no ticket (a greeting)."""
    title: str = ""
    requester_name: str = ""
    """Whom the reply greets: the client, or in a notice to the desk the person it goes to."""
    request_type: str = ""
    """The id in the SLA table (`bug`); empty when unclassified."""
    request_type_label: str = ""
    """pt-BR, as the desk says it; empty when unclassified."""
    service_label: str = ""
    level: str = ""
    owner_name: str = ""
    received_at: datetime
    first_response_due: datetime | None = None
    resolution_due: datetime | None = None
    """None where the request type has no term (until resolved)."""
    missing: tuple[str, ...] = ()
    """Ids of required fields that the message did not give (`client`, `request_type`, …)."""
    open_now: bool = True
    next_opening: datetime
    zone: ZoneInfo
    organisation: str
    joined: bool = False
    """True where the message joined a ticket that was open already."""
    text: str = field(default="", repr=False)
    """What a person wrote for the client (solution, why it was cancelled): lines of plain text."""
    now: datetime
    alarms: tuple[AlarmFacts, ...] = ()
    digest: tuple[DigestSection, ...] = ()
    more_alarms: int = 0
    """How many more there are than a letter can name."""
    extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        instants = (
            self.received_at,
            self.first_response_due,
            self.resolution_due,
            self.next_opening,
            self.now,
        )
        if any(at is not None and at.tzinfo is None for at in instants):
            raise ValueError("every instant in the facts must carry a time zone")
