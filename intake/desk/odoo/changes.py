"""The other way: how tickets stand in Odoo, read by when they were last written to."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.desk.odoo.layout import HELPDESK, PROJECT, Layout
from intake.desk.odoo.logins import Logins
from intake.desk.odoo.place import Place
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.traces import OdooTraces, instant
from intake.desk.port import DeskUnavailable
from intake.desk.sightings import Look, Sighting, Traces, Value, priorities_of, stage_in_effect
from routing.vocabulary import Stage

OVERLAP = timedelta(seconds=60)
"""Odoo writes into `write_date` when a transaction began, and others see it when it has ended."""
PAGE = 500
"""Tickets in one answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """What people change of a ticket, by its names in Odoo."""

    layout: Layout
    container: str
    stage: str = "stage_id"
    status: str | None = None
    """The field that ends a ticket where the stage alone does not."""
    endings: Mapping[str, Stage]
    """Values of `status` that do, and what they mean."""
    owner: str
    priority: str = "priority"
    deadline: str | None = None
    client: str = "partner_id"

    @property
    def names(self) -> list[str]:
        found = (self.stage, self.status, self.owner, self.priority, self.deadline, self.client)
        return [each for each in found if each]

    @property
    def ours(self) -> Mapping[str, tuple[str, ...]]:
        """Odoo's name → ours."""
        ended = {self.status: ("closed", "stage")} if self.status else {}
        dated = {self.deadline: ("deadline",)} if self.deadline else {}
        return {
            self.stage: ("stage",) if self.status else ("stage", "closed"),
            self.owner: ("owner",),
            self.priority: ("priority",),
            self.client: ("client",),
            **ended,
            **dated,
        }


TASKS = Watched(
    layout=PROJECT,
    container="project_id",
    status="state",
    endings={"1_done": Stage.DONE, "1_canceled": Stage.CANCELLED},
    owner="user_ids",
    deadline="date_deadline",
)
HELPDESK_TICKETS = Watched(layout=HELPDESK, container="team_id", endings={}, owner="user_id")
WATCHED: Mapping[str, Watched] = {
    each.layout.ticket_model: each for each in (TASKS, HELPDESK_TICKETS)
}


class OdooNotReadable(DeskUnavailable):
    """Odoo does not let us look at tickets"""


class OdooChanges:
    """Fills `DeskChanges`. `stars`: priority → stars, as in the settings."""

    def __init__(
        self, sessions: OdooSessions, watched: Watched, place: Place, stars: Mapping[str, str]
    ) -> None:
        self._sessions = sessions
        self._watched = watched
        self._place = place
        self._stars = stars
        self._model = watched.layout.ticket_model
        self._logins = Logins(sessions)
        self._traces = OdooTraces(sessions, self._model, watched.ours, self._logins)

    async def since(self, moment: datetime | None) -> Look:
        """See `DeskChanges.since`. One call, as long as fewer than a page were written to."""
        inside = (self._watched.container, "=", self._place.container)
        if moment is None:
            newest = await self._read([inside], order="write_date desc", limit=1)
            until = instant(newest[0]["write_date"]) - OVERLAP if newest else None
            return Look(sightings=[], until=until)
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
        # What was written to behind our back while we read on is read by the next look.
        back = OVERLAP + timedelta(seconds=loop.time() - began)
        newest_at = max((instant(row["write_date"]) for row in rows), default=moment)
        return Look(sightings=await self._sightings(rows), until=max(moment, newest_at - back))

    async def of(self, refs: Sequence[str]) -> Sequence[Sighting]:
        """See `DeskChanges.of`."""
        return await self._sightings(await self._read([("id", "in", [int(ref) for ref in refs])]))

    async def traces(self, refs: Sequence[str]) -> Mapping[str, Traces]:
        """See `DeskChanges.traces`."""
        return await self._traces.of(refs)

    async def _read(self, domain: Sequence[object], **how: Any) -> list[dict[str, Any]]:
        names = [*self._watched.names, "write_date", "write_uid"]
        try:
            rows: list[dict[str, Any]] = await self._sessions.call(
                self._model,
                "search_read",
                list(domain),
                names,
                # Archived tickets are still tickets.
                context={"active_test": False},
                **how,
            )
        except OdooRefused as error:
            raise OdooNotReadable(f"{self._model} cannot be read: {error.words}") from error
        return rows

    async def _sightings(self, rows: Sequence[dict[str, Any]]) -> list[Sighting]:
        if not rows:
            return []
        us = await self._sessions.user_id()
        people = {each for row in rows for each in _ids(row[self._watched.owner])}
        writers = {each for row in rows for each in _ids(row["write_uid"])}
        logins = await self._logins.of(people | writers)
        return [self._sighting(row, logins, us) for row in rows]

    def _sighting(self, row: Mapping[str, Any], logins: Mapping[int, str], us: int) -> Sighting:
        watched = self._watched
        status = row[watched.status] if watched.status else None
        standing = [*_ids(row[watched.stage]), status]
        raw: dict[str, Any] = {
            "stage": standing,
            "closed": standing,
            "owner": _ids(row[watched.owner]),
            "priority": row[watched.priority],
            "client": _ids(row[watched.client]),
        }
        owners = tuple(logins[each] for each in raw["owner"] if each in logins)
        client = row[watched.client]
        values: dict[str, tuple[Value, ...]] = {
            **self._standing(standing[0] if len(standing) > 1 else 0, status),
            "owner": owners or (None,),
            "priority": priorities_of(row[watched.priority] or "0", self._stars),
            "client": ((client[1] or None) if client else None,),
        }
        if watched.deadline:
            raw["deadline"] = row[watched.deadline]
            values["deadline"] = (instant(raw["deadline"]) if raw["deadline"] else None,)
        writer = next(iter(_ids(row["write_uid"])), 0)
        return Sighting(
            ref=str(row["id"]),
            at=instant(row["write_date"]),
            by=logins.get(writer),
            ours=writer == us,
            raw=raw,
            values=values,
        )

    def _standing(self, stage_id: Any, status: str | None) -> dict[str, tuple[Value, ...]]:
        stage = self._place.stage_of(stage_id)
        ended = self._watched.endings.get(status) if status else None
        in_effect = stage_in_effect(stage, ended)
        finished = ended is not None if self._watched.status else bool(stage and stage.is_closed)
        return {"stage": (in_effect.value,) if in_effect else (), "closed": (finished,)}


def _ids(relation: Any) -> list[int]:
    """Of a relation to one record (`[id, name]` or false) or to several (ids)."""
    if relation and isinstance(relation[-1], str | bool):
        return [int(relation[0])]
    return [int(each) for each in relation or ()]
