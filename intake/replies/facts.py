"""What a reply may say: the facts of a ticket at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmFacts:
    """One alarm, for whoever is told of it. `title`, which a client wrote, is untrusted."""

    kind: str
    """See `routing.watch.alarms.AlarmKind`."""
    about: datetime
    """The instant that it is about: when an SLA term ends, a scheduled date, an assignment."""
    since: datetime
    """Since when the owner has had the ticket."""
    role: str
    """Why the reader is told: as owner, first-level or coordination."""
    number: str
    title: str = field(default="", repr=False)
    owner_name: str = ""
    level: str = ""
    instead_of: str = ""
    """The name of the absent person whom the reader stands in for; "" for nobody."""
    desk_url: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DigestLine:
    """One ticket in a digest. `title`, which a client wrote, is untrusted."""

    number: str
    at: datetime
    """Since when or until when, depending on the section's topic."""
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
    """How many tickets the topic has, with those that are not in `lines`."""
    lines: tuple[DigestLine, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplyFacts:
    """What templates are rendered from. `title`, `requester_name` and `extra` are untrusted.

    `extra` has what one kind of reply needs besides; see `intake.ports.reply_kinds`. Raises
    ValueError for an instant without a time zone.
    """

    number: str = ""
    """Empty where there is no ticket (a greeting)."""
    title: str = ""
    requester_name: str = ""
    """Whom the reply greets: the client, or in a notice to the team the person it goes to."""
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
    """None where the request type has no resolution term ("until resolved")."""
    missing: tuple[str, ...] = ()
    """Required fields that the message did not give, by id (`client`, `request_type`, …)."""
    open_now: bool = True
    next_opening: datetime
    zone: ZoneInfo
    organisation: str
    joined: bool = False
    """True where the message joined a ticket that was open already."""
    text: str = field(default="", repr=False)
    """What a person wrote for the client (solution, reason for cancelling): lines of plain text."""
    now: datetime
    alarms: tuple[AlarmFacts, ...] = ()
    digest: tuple[DigestSection, ...] = ()
    more_alarms: int = 0
    """How many further alarms are not in `alarms`."""
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
