"""Reads changes from Odoo: the state of the tickets that were written since the last poll."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.desk.odoo.client_contacts import contacts_of_tickets
from intake.desk.odoo.logins import Logins
from intake.desk.odoo.notes import OdooNotes
from intake.desk.odoo.place import Place
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.traces import OdooTraces, instant
from intake.ports.desk import DeskUnavailable
from intake.ports.desk_messages import DeskMessagePage
from intake.ports.desk_snapshots import (
    DeskSnapshot,
    Look,
    Traces,
    Value,
    priorities_of,
    stage_in_effect,
)
from intake.ports.desk_tags import level_tag
from intake.settings.odoo_profiles import Profile
from routing.roster import LEVELS
from routing.vocabulary import Stage

OVERLAP = timedelta(seconds=60)
"""`write_date` is when a transaction began, but the change is visible only after its end. So each
poll also reads this much of the time before the last one."""
PAGE = 500
"""Tickets in one response."""
WATCHED = ("stage", "owner", "priority", "deadline", "client")
"""Fields of the profile that are read. Whether a ticket is closed, and its level (a tag), are read
separately."""
BOTH = ("stage", "closed")


class OdooNotReadable(DeskUnavailable):
    """Odoo does not let us look at tickets"""


class OdooChanges:
    """Implements `DeskChanges`.

    `stars`: priority → stars, as in the settings. `levels`: the roster's levels.
    """

    def __init__(
        self,
        sessions: OdooSessions,
        profile: Profile,
        place: Callable[[], Awaitable[Place]],
        stars: Mapping[str, str],
        levels: Callable[[], Sequence[str]] = lambda: LEVELS,
    ) -> None:
        self._sessions = sessions
        self._profile = profile
        self._place = place
        self._stars = stars
        self._levels = levels
        self._names = {name: profile[name] for name in WATCHED if profile[name]}
        self._endings = {state: stage for stage, state in profile.states.items() if stage.is_closed}
        self._logins = Logins(sessions)
        self._notes = OdooNotes(sessions, profile.model, self._logins)
        self._traces = OdooTraces(sessions, profile.model, self._meanings(), self._logins)

    async def since(self, moment: datetime | None) -> Look:
        """See `DeskChanges.since`. One call if fewer than `PAGE` tickets were written."""
        with _readable(self._profile.model):
            return await self._since(moment, await self._place())

    async def of(self, refs: Sequence[str]) -> Sequence[DeskSnapshot]:
        """See `DeskChanges.of`."""
        with _readable(self._profile.model):
            # References of an earlier desk may not be numbers.
            ids = [int(ref) for ref in refs if ref.isdecimal()]
            rows = await self._read([("id", "in", ids)])
            return await self._sightings(rows, await self._place())

    async def traces(self, refs: Sequence[str]) -> Mapping[str, Traces]:
        """See `DeskChanges.traces`."""
        with _readable(self._profile.model):
            return await self._traces.of(refs)

    async def contacts(self, refs: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """See `DeskChanges.contacts`."""
        with _readable(self._profile.model):
            ids = [int(ref) for ref in refs if ref.isdecimal()]
            found = await contacts_of_tickets(
                self._sessions, self._profile.model, self._profile["client"], ids
            )
            return {str(record): addresses for record, addresses in found.items()}

    async def heard(self, last: int | None) -> DeskMessagePage:
        """See `DeskChanges.heard`. One call if nothing was written."""
        with _readable("mail.message"):
            return await self._notes.after(last)

    async def _since(self, moment: datetime | None, place: Place) -> Look:
        inside = (self._profile["container"], "=", place.container)
        if moment is None:
            newest = await self._read([inside], order="write_date desc", limit=1)
            until = instant(newest[0]["write_date"]) - OVERLAP if newest else None
            return Look(snapshots=[], until=until)
        loop = asyncio.get_running_loop()
        began = loop.time()
        rows: list[dict[str, Any]] = []
        written = ("write_date", ">=", moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"))
        while True:
            last = rows[-1]["id"] if rows else 0
            page = await self._read([inside, written, ("id", ">", last)], order="id", limit=PAGE)
            rows += page
            if len(page) < PAGE:
                break
        # Tickets that were written while these pages were read are read by the next poll.
        back = OVERLAP + timedelta(seconds=loop.time() - began)
        newest_at = max((instant(row["write_date"]) for row in rows), default=moment)
        snapshots = await self._sightings(rows, place)
        return Look(snapshots=snapshots, until=max(moment, newest_at - back))

    def _meanings(self) -> Mapping[str, Sequence[str]]:
        """Odoo's name of a field → our fields that change with it."""
        status = self._profile.state_field
        found = {theirs: (ours,) for ours, theirs in self._names.items()}
        ends = {status: BOTH} if status else {self._names["stage"]: BOTH}
        return {**found, **ends}

    async def _read(self, domain: Sequence[object], **how: Any) -> list[dict[str, Any]]:
        beside = [self._profile.state_field, self._profile["tags"]]
        rows: list[dict[str, Any]] = await self._sessions.call(
            self._profile.model,
            "search_read",
            list(domain),
            [*self._names.values(), *filter(None, beside), "write_date", "write_uid"],
            # Archived tickets are still tickets.
            context={"active_test": False},
            **how,
        )
        return rows

    async def _sightings(self, rows: Sequence[dict[str, Any]], place: Place) -> list[DeskSnapshot]:
        if not rows:
            return []
        us = await self._sessions.user_id()
        owner = self._names.get("owner")
        people = {each for row in rows for each in (_ids(row[owner]) if owner else ())}
        writers = {each for row in rows for each in _ids(row["write_uid"])}
        logins = await self._logins.of(people | writers)
        return [self._sighting(row, place, logins, us) for row in rows]

    def _sighting(
        self, row: Mapping[str, Any], place: Place, logins: Mapping[int, str], us: int
    ) -> DeskSnapshot:
        status = row[self._profile.state_field] if self._profile.state_field else None
        stage_id = next(iter(_ids(row[self._names["stage"]])), 0)
        stage, closed = self._standing(place.stage_of(stage_id), status)
        raw: dict[str, Any] = {"stage": [stage_id, status], "closed": [stage_id, status]}
        values: dict[str, tuple[Value, ...]] = {
            "stage": (stage.value,) if stage else (),
            "closed": (closed,),
        }
        for ours, theirs in self._names.items():
            found = row[theirs]
            if ours == "owner":
                raw[ours] = _ids(found)
                values[ours] = tuple(logins[n] for n in raw[ours] if n in logins) or (None,)
            elif ours == "client":
                raw[ours] = _ids(found)
                values[ours] = ((found[1] or None) if found else None,)
            elif ours == "priority":
                raw[ours] = found
                values[ours] = priorities_of(found or "0", self._stars)
            elif ours == "deadline":
                raw[ours] = [found, stage is Stage.NEW]
                values[ours] = (instant(found) if found else None,)
        if self._profile["tags"]:
            raw["level"], values["level"] = self._level(row[self._profile["tags"]], place)
        writer = next(iter(_ids(row["write_uid"])), 0)
        return DeskSnapshot(
            ref=str(row["id"]),
            at=instant(row["write_date"]),
            by=logins.get(writer),
            ours=writer == us,
            raw=raw,
            values=values,
        )

    def _level(self, tags: Sequence[int], place: Place) -> tuple[list[int], tuple[str | None, ...]]:
        """The ids of level tags, and the level they stand for: (), one level, or (None,) if there
        are several."""
        known = {place.tags.get(level_tag(level).key): level for level in self._levels()}
        there = sorted(tag for tag in tags if tag in known)
        if len(there) > 1:
            return there, (None,)
        return there, tuple(known[tag] for tag in there)

    def _standing(self, stage: Stage | None, status: str | None) -> tuple[Stage | None, bool]:
        """The stage in effect, and whether the ticket is closed."""
        if not self._profile.state_field:
            return stage, stage is not None and stage.is_closed
        ended = self._endings.get(status or "")
        return stage_in_effect(stage, ended), ended is not None


@contextmanager
def _readable(model: str) -> Iterator[None]:
    try:
        yield
    except OdooRefused as error:
        reason = f"{model}, or who changed it, cannot be read: {error.words}"
        raise OdooNotReadable(reason) from error


def _ids(relation: Any) -> list[int]:
    """Ids in a relation to one record (`[id, name]` or false) or to several (a list of ids)."""
    if relation and isinstance(relation[-1], str | bool):
        return [int(relation[0])]
    return [int(each) for each in relation or ()]
