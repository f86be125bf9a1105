"""Snapshots of a desk's tickets, and what people changed there.

A look at the desk gives snapshots. Compared with the stored ticket, a snapshot shows which fields
somebody changed at the desk. What we wrote there ourselves is not a change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from intake.ports.desk_messages import DeskMessagePage
from routing.vocabulary import Priority, Stage

Value = str | bool | datetime | None
"""A field's value: a datetime for `deadline`, a bool for `closed`, else text."""

FIELDS = ("stage", "closed", "owner", "priority", "deadline", "client", "level")
"""Fields that people change at the desk, by our names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskSnapshot:
    """A ticket's state at the desk."""

    ref: str
    """The desk's own id."""
    at: datetime
    """When it was last written to."""
    by: str | None
    """The login that wrote to it last."""
    ours: bool
    """Whether that was the daemon."""
    raw: Mapping[str, Any] = field(repr=False)
    """Field → the desk's own value in JSON form, to see whether it has changed."""
    values: Mapping[str, tuple[Value, ...]] = field(repr=False)
    """Field → the values it may stand for, the likeliest first: a task has several assignees, a
    star may stand for two priorities. Empty if it stands for none of ours, such as the firm's own
    stage. A level of None means that two levels are set at once.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """Who did something at the desk, and when."""

    login: str
    at: datetime
    ours: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Traces:
    """Who changed a ticket, as far as our rights at the desk show it."""

    fields: Mapping[str, Author] = field(default_factory=dict)
    """Field → who changed it last; may be empty."""
    other: Author | None = None
    """The last one to change the ticket who was not us."""


class DeskChanges(Protocol):
    """A desk whose changes can be watched."""

    async def since(self, moment: datetime | None) -> "Look":
        """All tickets written to since `moment`, by the desk's clock; None: only from now on.

        Raises DeskUnavailable.
        """
        ...

    async def of(self, refs: Sequence[str]) -> Sequence[DeskSnapshot]:
        """Snapshots of these tickets, without those that are gone. Raises DeskUnavailable."""
        ...

    async def traces(self, refs: Sequence[str]) -> Mapping[str, Traces]:
        """Who changed these tickets. Raises DeskUnavailable."""
        ...

    async def contacts(self, refs: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Every mail address (lower case) that the desk lists for these tickets' clients.

        Tickets without a known client are left out. Raises DeskUnavailable.
        """
        ...

    async def heard(self, last: int | None) -> DeskMessagePage:
        """What people wrote after the message with id `last`, on any ticket; None: only from now
        on.

        Our own messages are left out. Raises DeskUnavailable.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What one look at the desk found."""

    snapshots: Sequence[DeskSnapshot]
    until: datetime | None
    """Where the next look continues. It is a little earlier than now, because writes become visible
    late.
    """


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is stored about a ticket."""

    values: Mapping[str, Value] = field(repr=False)
    written: Mapping[str, Value] = field(repr=False)
    """The values that we last wrote to the desk, for the fields that we write."""
    seen: Mapping[str, Any] | None = field(default=None, repr=False)
    """`DeskSnapshot.raw` of the last look that counted; None before the first."""
    seen_at: datetime | None = None
    """`DeskSnapshot.at` of that look."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """Somebody changed a field at the desk."""

    field: str
    before: Value
    after: Value
    who: str | None
    """A login; None if the desk does not show it."""
    at: datetime


NO_TRACES = Traces()
PRIORITIES = (Priority.LOW.value, Priority.MEDIUM.value, Priority.HIGH.value)


def differences(
    known: Known, snapshot: DeskSnapshot, traces: Traces = NO_TRACES
) -> tuple[Change, ...]:
    """What people changed since the last look."""
    found = ((name, _author(name, known, snapshot, traces)) for name in touched(known, snapshot))
    return tuple(
        Change(
            field=name,
            before=known.values.get(name),
            after=snapshot.values[name][0],
            who=author.login if author else None,
            at=author.at if author else snapshot.at,
        )
        for name, author in found
        if author is None or not author.ours
    )


def client_at_first(known: Known, snapshot: DeskSnapshot) -> Value:
    """The client of a ticket seen for the first time: the one found when we created it there.

    None if nobody was found, or if the ticket has been seen before.
    """
    return snapshot.values.get("client", (None,))[0] if known.seen is None else None


def touched(known: Known, snapshot: DeskSnapshot) -> Iterator[str]:
    """Fields that differ from the stored ticket and from the last look, whoever changed them."""
    for name in FIELDS:
        may = snapshot.values.get(name, ())
        if not may or known.values.get(name) in may:
            continue
        if known.seen is None and name == "client":
            # See `client_at_first`.
            continue
        if name == "level" and known.seen is not None and name not in known.seen:
            # At the last look levels were not watched yet; what was changed then is not followed
            # up.
            continue
        if known.seen is not None and known.seen.get(name) == snapshot.raw[name]:
            continue
        if name in known.written and known.written[name] in may and not _adopted(name, snapshot):
            # Nobody changed it there; we are about to write it.
            continue
        yield name


def _adopted(name: str, snapshot: DeskSnapshot) -> bool:
    """Whether the ticket was scheduled, which makes the due time we wrote the owner's own
    deadline.
    """
    return name == "deadline" and Stage.NEW.value not in snapshot.values.get("stage", ())


def _author(name: str, known: Known, snapshot: DeskSnapshot, traces: Traces) -> Author | None:
    if name in traces.fields:
        return traces.fields[name]
    if not snapshot.ours:
        return Author(login=snapshot.by, at=snapshot.at, ours=False) if snapshot.by else None
    other = traces.other
    if other is not None and (known.seen_at is None or other.at >= known.seen_at):
        return other
    if name == "level":
        # Setting a tag leaves no trace of its own, and we did not write this one.
        return None
    return Author(login=snapshot.by or "", at=snapshot.at, ours=True)


def stage_in_effect(stage: Stage | None, ended: Stage | None) -> Stage | None:
    """The stage that counts: the procedure's status (⚪) ends a ticket in any stage.

    `ended` is done or cancelled if the status says so.
    """
    if ended is None or (stage is not None and stage.is_closed):
        return stage
    return ended


def priorities_of(stars: str, stars_of: Mapping[str, str]) -> tuple[str, ...]:
    """The priorities that this number of stars stands for; the nearest ones if the settings have no
    such number.
    """
    distances = {each: abs(int(stars_of[each]) - int(stars)) for each in PRIORITIES}
    nearest = min(distances.values())
    return tuple(each for each, distance in distances.items() if distance == nearest)
