"""A business week in a real Odoo: people act there as they would, and our clock is turned.

Monday 18 to Friday 22 November 2030, Wednesday is a holiday; open 9 to 12 and 13 to 18.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from intake.app.opening import Application, opened
from intake.desk.odoo.changes import OdooChanges
from intake.desk.odoo.odoorpc_client import OdoorpcSession
from intake.desk.odoo.sessions import OdooSessions
from intake.jobs.desk_watch import DeskWatch
from intake.jobs.fire_alarms import fire_alarms
from intake.jobs.follow_up.job import follow_up
from intake.ports.desk_messages import DeskMessagePage
from intake.ports.desk_snapshots import Author, DeskSnapshot, Look, Traces
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from routing.vocabulary import Stage
from tests.application import SOURCE, arrival, mail, rows, settings
from tests.desk.odoo.carrying import Found, desk_of, set_up
from tests.desk.odoo.conftest import AGENT_GROUPS, Call, login_of, make_user
from tests.servers.odoo import OdooDatabase
from tests.watch.week import ANA, CAU, EDU, instant

pytestmark = pytest.mark.servers
TASK, HELPDESK = "project.task", "helpdesk.ticket"
People = dict[str, Callable[..., Any]]


class InOurTime:
    """What an Odoo shows, as if its clock were ours: that cannot be turned."""

    def __init__(self, changes: OdooChanges, clock: Callable[[], datetime]) -> None:
        self._changes = changes
        self._clock = clock

    async def since(self, moment: datetime | None) -> Look:
        look = await self._changes.since(moment)
        return replace(look, snapshots=[self._dated(each) for each in look.snapshots])

    async def of(self, refs: Sequence[str]) -> Sequence[DeskSnapshot]:
        return [self._dated(each) for each in await self._changes.of(refs)]

    async def contacts(self, refs: Sequence[str]) -> Mapping[str, frozenset[str]]:
        return await self._changes.contacts(refs)

    async def traces(self, refs: Sequence[str]) -> Mapping[str, Traces]:
        found = await self._changes.traces(refs)
        return {
            ref: Traces(
                fields={name: self._now(each) for name, each in one.fields.items()},
                other=self._now(one.other) if one.other else None,
            )
            for ref, one in found.items()
        }

    async def heard(self, last: int | None) -> DeskMessagePage:
        heard = await self._changes.heard(last)
        return replace(heard, spoken=[replace(each, at=self._clock()) for each in heard.spoken])

    def _dated(self, snapshot: DeskSnapshot) -> DeskSnapshot:
        return replace(snapshot, at=self._clock())

    def _now(self, author: Author) -> Author:
        return replace(author, at=self._clock())


@dataclass(kw_only=True)
class Week:
    """One ticket of Bia's in that week."""

    application: Application
    sender: MemorySender
    watch: DeskWatch
    found: Found
    stages: Mapping[Stage, int]
    tags: Mapping[str, int]
    now: list[datetime]
    ref: int = 0
    _read: int = field(default=0)

    async def until(self, text: str) -> list[tuple[str, str]]:
        """It becomes that time; whatever is due then happens. Who was told what of it."""
        self.now[0] = instant(text)
        await self.watch.look()
        await self.application.worker_pool.drain()
        [ticket] = await rows(self.application, "SELECT id FROM tickets")
        await follow_up(self.application.context, ticket["id"])
        await fire_alarms(self.application.context)
        await self.application.worker_pool.drain()
        new, self._read = self.sender.sent[self._read :], len(self.sender.sent)
        return [(each.recipient.partition("@")[0], each.text) for each in new]

    def notes(self, about: str) -> list[str]:
        """Internal ones on the ticket in Odoo."""
        said = self.found.messages(str(self.ref))
        return [each["body"] for each in said if each["is_internal"] and about in each["body"]]

    def owner(self) -> list[str]:
        """As Odoo shows it."""
        field = "user_ids" if self.found.model == TASK else "user_id"
        value = self.found.record(str(self.ref), field)[field]
        return self.found.names("res.users", value if field == "user_ids" else value[:1])


@pytest.fixture(scope="module")
def people(odoo: OdooDatabase, call: Call) -> People:
    """Three agents, each with a session of their own."""
    made: People = {}
    for person in (ANA, EDU, CAU):
        login = str(person["login"])
        make_user(call, login, *AGENT_GROUPS)
        session = OdoorpcSession(login_of(odoo, login), timeout=60)
        made[login] = lambda model, method, *args, session=session, **kwargs: session.call(
            model, method, list(args), kwargs
        )
    return made


@pytest.fixture(params=[TASK, HELPDESK])
async def week(
    request: pytest.FixtureRequest,
    as_admin: OdooSessions,
    as_agent: OdooSessions,
    people: People,
    call: Call,
    database_settings: Database,
) -> AsyncIterator[Week]:
    """It is Monday at eleven, and Bia's mail is on Ana's desk."""
    model = request.param
    await set_up(as_admin, model)
    now, sender, desk = [instant("mon 11:00")], MemorySender(), desk_of(as_agent, model)
    stars = {"high": "3", "medium": "2", "low": "1"}
    changes = InOurTime(OdooChanges(as_agent, desk.profile, desk.place, stars), lambda: now[0])
    made = settings(
        database_settings,
        roster={"person": [ANA, EDU, CAU]},
        watch={"alarms_off": ["reminder", "first-response", "deadline-near"]},
    )
    async with opened(made, desk=desk, outbox=sender, clock=lambda: now[0]) as application:
        watch = DeskWatch(application.context, changes, application.leases, poll=1)
        raw = mail(sender=f"Bia <bia.{uuid4().hex}@exemplo.com.br>")
        await application.inbox.accept([replace(arrival(raw), received_at=now[0])], source=SOURCE)
        await application.worker_pool.drain()
        await watch.look()
        [row] = await rows(application, "SELECT desk_ref FROM tickets")
        place = await desk.place()
        it = Week(
            application=application,
            sender=sender,
            watch=watch,
            found=Found(call, model),
            stages=place.stages,
            tags=place.tags,
            now=now,
            ref=int(row["desk_ref"]),
        )
        assert [whom.partition(".")[0] for whom, _ in await it.until("mon 11:01")] == ["bia"]
        yield it


async def test_a_week_of_promises_kept_and_broken(week: Week, people: People) -> None:
    model, ref = week.found.model, [week.ref]

    # N0 hands it over by the level's tag; while both are there, nobody is called.
    people["ana"](model, "write", ref, {"tag_ids": [(4, week.tags["level_n1"])]})
    assert await week.until("mon 11:03") == []
    assert len(week.notes("etiquetas de mais de um nível")) == 1
    people["ana"](model, "write", ref, {"tag_ids": [(3, week.tags["level_n0"])]})
    assert [whom for whom, _ in await week.until("mon 11:05")] == ["edu"]
    assert week.owner() == ["Edu"]
    assert len(week.notes("Escalado de N0 (ana) para N1 (edu)")) == 1

    # He schedules late: two business hours, with the lunch between, are over at 14:05.
    assert await week.until("mon 14:04") == []
    assert sorted(whom for whom, _ in await week.until("mon 14:05")) == ["ana", "edu"]
    assert len(week.notes("@Edu Reis")) == 1
    scheduled: dict[str, Any] = {"stage_id": week.stages[Stage.SCHEDULED]}
    if model == TASK:
        scheduled["date_deadline"] = in_odoo("fri 10:00")
    people["edu"](model, "write", ref, scheduled)
    await week.until("mon 15:00")
    told = await week.until("mon 15:10")
    assert [whom.partition(".")[0] for whom, _ in told] == (["bia"] if model == TASK else [])
    assert await week.until("tue 14:05") == []

    # Another changes what only he may change.
    changed: dict[str, Any] = {"priority": "0"}
    if model == TASK:
        changed["date_deadline"] = in_odoo("fri 10:30")
    people["cau"](model, "write", ref, changed)
    told = await week.until("tue 15:00")
    assert {whom for whom, _ in told} == {"edu"}
    guarded = week.notes("só ele pode fazer isso")
    assert len(guarded) == (2 if model == TASK else 1)
    assert all("Cau Dias mudou" in each for each in guarded)
    told = await week.until("tue 15:11")
    assert [whom.partition(".")[0] for whom, _ in told] == (["bia"] if model == TASK else [])

    # On a holiday nobody hears anything.
    assert await week.until("wed 12:00") == []

    # He closes without a note, and N0 is asked on the next business day.
    people["edu"](model, "write", ref, {"stage_id": week.stages[Stage.DONE]})
    assert await week.until("thu 10:00") == []
    assert [whom for whom, _ in await week.until("thu 10:15")] == ["edu"]
    assert await week.until("thu 18:00") == []
    assert [whom for whom, _ in await week.until("fri 09:00")] == ["ana"]
    people["edu"](
        model,
        "message_post",
        ref,
        body="Solução: atualizamos o app.",
        message_type="comment",
        subtype_xmlid="mail.mt_note",
    )
    [(whom, text)] = await week.until("fri 09:30")
    assert whom.startswith("bia.")
    assert "atualizamos o app." in text
    if model == TASK:
        assert week.found.record(str(week.ref), "state")["state"] == "1_done"
    assert await week.until("next mon 12:00") == []
    assert week.found.mails() == 0


def in_odoo(text: str) -> str:
    return instant(text).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
