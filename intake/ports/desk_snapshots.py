"""How a desk's tickets look to whoever watches it, and what people changed there.

A look gives sightings. Compared with what the journal knows, a sighting shows which fields somebody
changed at the desk; what we wrote there ourselves is no change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from intake.ports.desk_messages import Heard
from routing.vocabulary import Priority, Stage

Value = str | bool | datetime | None
"""Of a field: an instant for `deadline`, a truth for `closed`, else words."""

FIELDS = ("stage", "closed", "owner", "priority", "deadline", "client", "level")
"""What people change at the desk, by our names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """A ticket as it stands at the desk."""

    ref: str
    """The desk's own id."""
    at: datetime
    """When it was last written to."""
    by: str | None
    """The login of who wrote to it last."""
    ours: bool
    """Whether that was the daemon."""
    raw: Mapping[str, Any] = field(repr=False)
    """Field → as the desk has it, fit for JSON: to see whether it is as it was."""
    values: Mapping[str, tuple[Value, ...]] = field(repr=False)
    """Field → what that may mean, the likeliest first: a task has several assignees, a star may
    stand for two priorities. Nothing where it means none of ours: a stage of the firm's own. A
    level of None: two at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """Who did something at the desk, and when."""

    login: str
    at: datetime
    ours: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Traces:
    """Who touched a ticket, as far as our rights at the desk let us see it."""

    fields: Mapping[str, Author] = field(default_factory=dict)
    """Who changed a field last; may be empty."""
    other: Author | None = None
    """The last who was not us."""


class DeskChanges(Protocol):
    """A desk that can be watched."""

    async def since(self, moment: datetime | None) -> "Look":
        """Everything written to since then, by the desk's clock; None: only from now on.

        Raises DeskUnavailable.
        """
        ...

    async def of(self, refs: Sequence[str]) -> Sequence[Sighting]:
        """These tickets; those that are gone are left out. Raises DeskUnavailable."""
        ...

    async def traces(self, refs: Sequence[str]) -> Mapping[str, Traces]:
        """Who touched these tickets. Raises DeskUnavailable."""
        ...

    async def contacts(self, refs: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Every mail address (lower case) that the desk lists for these tickets' clients.

        Tickets of which nobody knows are left out. Raises DeskUnavailable.
        """
        ...

    async def heard(self, last: int | None) -> Heard:
        """What people wrote after that message, on any ticket; None: only from now on.

        What we wrote ourselves is left out. Raises DeskUnavailable.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What one look at the desk found."""

    sightings: Sequence[Sighting]
    until: datetime | None
    """From where the next look goes on. It lies a little back: writes become visible late."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the journal knows of a ticket."""

    values: Mapping[str, Value] = field(repr=False)
    written: Mapping[str, Value] = field(repr=False)
    """What the desk has from us, of the fields that we write."""
    seen: Mapping[str, Any] | None = field(default=None, repr=False)
    """`Sighting.raw` of the last look that counted; None before the first."""
    seen_at: datetime | None = None
    """`Sighting.at` of that look."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Somebody changed a field at the desk."""

    field: str
    before: Value
    after: Value
    who: str | None
    """A login; None where the desk does not let us know."""
    at: datetime


NO_TRACES = Traces()
PRIORITIES = (Priority.LOW.value, Priority.MEDIUM.value, Priority.HIGH.value)


def differences(known: Known, sighting: Sighting, traces: Traces = NO_TRACES) -> tuple[Change, ...]:
    """What people changed since the last look."""
    found = ((name, _author(name, known, sighting, traces)) for name in touched(known, sighting))
    return tuple(
        Change(
            field=name,
            before=known.values.get(name),
            after=sighting.values[name][0],
            who=author.login if author else None,
            at=author.at if author else sighting.at,
        )
        for name, author in found
        if author is None or not author.ours
    )


def client_at_first(known: Known, sighting: Sighting) -> Value:
    """The client of a ticket that is seen for the first time: whom we found when we brought it.

    None where nobody was found, or where it has been seen before.
    """
    return sighting.values.get("client", (None,))[0] if known.seen is None else None


def touched(known: Known, sighting: Sighting) -> Iterator[str]:
    """Fields that are not as the journal has them, whoever that was."""
    for name in FIELDS:
        may = sighting.values.get(name, ())
        if not may or known.values.get(name) in may:
            continue
        if known.seen is None and name == "client":
            # See `client_at_first`.
            continue
        if name == "level" and known.seen is not None and name not in known.seen:
            # Last seen when nobody looked at levels: what was done then calls nobody now.
            continue
        if known.seen is not None and known.seen.get(name) == sighting.raw[name]:
            continue
        if name in known.written and known.written[name] in may and not _adopted(name, sighting):
            # Nobody touched it there; we are about to.
            continue
        yield name


def _adopted(name: str, sighting: Sighting) -> bool:
    """We wrote the term that we promised; from scheduling on it is the owner's own deadline."""
    return name == "deadline" and Stage.NEW.value not in sighting.values.get("stage", ())


def _author(name: str, known: Known, sighting: Sighting, traces: Traces) -> Author | None:
    if name in traces.fields:
        return traces.fields[name]
    if not sighting.ours:
        return Author(login=sighting.by, at=sighting.at, ours=False) if sighting.by else None
    other = traces.other
    if other is not None and (known.seen_at is None or other.at >= known.seen_at):
        return other
    if name == "level":
        # A tag leaves no trace of its own, and this one is none that we wrote.
        return None
    return Author(login=sighting.by or "", at=sighting.at, ours=True)


def stage_in_effect(stage: Stage | None, ended: Stage | None) -> Stage | None:
    """The procedure's status (⚪) ends a ticket, whatever stage it stands in.

    `ended`: done or cancelled where the status says so.
    """
    if ended is None or (stage is not None and stage.is_closed):
        return stage
    return ended


def priorities_of(stars: str, stars_of: Mapping[str, str]) -> tuple[str, ...]:
    """Which priorities that many stars stand for; the nearest where it is none of the settings'."""
    distances = {each: abs(int(stars_of[each]) - int(stars)) for each in PRIORITIES}
    nearest = min(distances.values())
    return tuple(each for each, distance in distances.items() if distance == nearest)
