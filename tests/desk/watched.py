"""A desk in memory that can be looked at, where people change things."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from intake.ports.desk import DeskUnavailable
from intake.ports.desk_messages import DeskMessage, DeskMessagePage
from intake.ports.desk_snapshots import DeskSnapshot, Look, Traces, Value

AT = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


class WatchedDesk:
    """Fills `DeskChanges`."""

    def __init__(self) -> None:
        self.tickets: dict[str, DeskSnapshot] = {}
        self.hidden: set[str] = set()
        """Those that a look by time misses."""
        self.spoken: list[DeskMessage] = []
        self.listed: dict[str, frozenset[str]] = {}
        """The addresses of each client, by the client's name."""
        self.down = False
        self.looks: list[datetime | None] = []

    def stands(
        self, ref: str, by: str | None = "intake", at: datetime = AT, **values: Value
    ) -> None:
        """How a ticket stands there from now on; what is not given stays."""
        before = self.tickets.get(ref)
        merged: dict[str, tuple[Value, ...]] = {
            **(before.values if before else {}),
            **{name: (value,) for name, value in values.items()},
        }
        raw: dict[str, Any] = {name: [str(each) for each in may] for name, may in merged.items()}
        self.tickets[ref] = DeskSnapshot(
            ref=ref, at=at, by=by, ours=by == "intake", raw=raw, values=merged
        )

    def stands_for_several(self, ref: str, by: str | None, name: str, *, at: datetime) -> None:
        """A field of which nobody can tell what it means: two levels at once."""
        before = self.tickets[ref]
        self.tickets[ref] = replace(
            before,
            at=at,
            by=by,
            ours=False,
            raw={**before.raw, name: ["several"]},
            values={**before.values, name: (None,)},
        )

    async def since(self, moment: datetime | None) -> Look:
        if self.down:
            raise DeskUnavailable("the desk in memory was told to be down")
        self.looks.append(moment)
        shown = [each for ref, each in self.tickets.items() if ref not in self.hidden]
        return Look(snapshots=[replace(each) for each in shown], until=AT)

    async def of(self, refs: Sequence[str]) -> Sequence[DeskSnapshot]:
        return [self.tickets[ref] for ref in refs if ref in self.tickets]

    def says(
        self, ref: str, who: str | None, text: str, *, internal: bool = True, at: datetime = AT
    ) -> None:
        """Somebody writes on a ticket."""
        number = len(self.spoken) + 1
        self.spoken.append(
            DeskMessage(id=number, ticket_ref=ref, who=who, internal=internal, text=text, at=at)
        )

    async def heard(self, last: int | None) -> DeskMessagePage:
        if self.down:
            raise DeskUnavailable("the desk in memory was told to be down")
        new = self.spoken if last is not None else []
        return DeskMessagePage(
            spoken=[each for each in new if each.id > (last or 0)], last=len(self.spoken)
        )

    async def contacts(self, refs: Sequence[str]) -> Mapping[str, frozenset[str]]:
        return {
            ref: self.listed.get(str(self.tickets[ref].values.get("client", ("",))[0]), frozenset())
            for ref in refs
            if ref in self.tickets
        }

    async def traces(self, refs: Sequence[str]) -> Mapping[str, Traces]:
        return {}
