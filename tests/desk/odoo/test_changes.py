"""What people change in a real Odoo comes back into the journal, with who did it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from intake.actions.escalate import escalate_ticket
from intake.app.opening import Application, opened
from intake.desk.odoo.changes import OdooChanges
from intake.desk.odoo.odoorpc_client import OdoorpcSession
from intake.desk.odoo.rpc import OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.jobs.desk_watch import DeskWatch
from intake.ports.desk import DeskUnavailable
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from intake.store.desk_changes import changes_after
from intake.store.tickets import TicketStore, TicketView
from routing.vocabulary import Stage
from tests.application import mail, rows, settings, take_in
from tests.desk.odoo.carrying import desk_of, set_up
from tests.desk.odoo.conftest import AGENT_GROUPS, Call, login_of, make_user
from tests.servers.odoo import OdooDatabase

pytestmark = pytest.mark.servers

TASK, HELPDESK = "project.task", "helpdesk.ticket"
EDU, ANA = "Edu.N1", "ana.n0"
"""Odoo's spelling of a login differs from the roster's."""


@pytest.fixture(scope="module")
def people(odoo: OdooDatabase, call: Call) -> dict[str, Any]:
    """Login → calls as that person, each an agent."""
    for login in (EDU, ANA):
        make_user(call, login, *AGENT_GROUPS)
    sessions = {each: OdoorpcSession(login_of(odoo, each), timeout=60) for each in (EDU, ANA)}
    return {
        login: lambda model, method, *args, session=session, **kwargs: session.call(
            model, method, list(args), kwargs
        )
        for login, session in sessions.items()
    }


@dataclass(frozen=True, slots=True)
class Scene:
    """A ticket in Odoo, and somebody who looks at it."""

    model: str
    application: Application
    watch: DeskWatch
    changes: OdooChanges
    stages: dict[Stage, int]
    ref: int

    async def ticket(self) -> TicketView:
        [found] = await TicketStore(self.application.database).all()
        return found

    async def noted(self) -> list[tuple[str, Any, Any, str | None]]:
        async with self.application.database.transaction() as connection:
            found = await changes_after(connection, 0)
        return [(each.field, each.before, each.after, each.who) for each in found]


@pytest.fixture
async def scene(
    request: pytest.FixtureRequest,
    as_admin: OdooSessions,
    as_agent: OdooSessions,
    people: dict[str, Any],
    database_settings: Database,
) -> AsyncIterator[Scene]:
    """Looked at by an ordinary agent, or by the one that the test's parameter asks for."""
    model, administrator = getattr(request, "param", (TASK, False))
    await set_up(as_admin, model)
    sessions = as_admin if administrator else as_agent
    desk = desk_of(sessions, model, **({"user": "admin"} if administrator else {}))
    stars = {"high": "3", "medium": "2", "low": "1"}
    changes = OdooChanges(sessions, desk.profile, desk.place, stars)
    async with opened(settings(database_settings), desk=desk, outbox=MemorySender()) as application:
        watch = DeskWatch(application.context, changes, application.leases, poll=1)
        await take_in(application, mail(sender=f"Bia <{uuid4().hex}@exemplo.com.br>"))
        await watch.look()
        [row] = await rows(application, "SELECT desk_ref FROM tickets")
        stages = dict((await desk.place()).stages)
        yield Scene(model, application, watch, changes, stages, int(row["desk_ref"]))


BOTH = pytest.mark.parametrize("scene", [(TASK, False), (HELPDESK, False)], indirect=True)


async def test_what_we_brought_is_nobodys_change(scene: Scene) -> None:
    await scene.watch.look()
    assert await scene.noted() == []
    assert (await scene.ticket()).deadline is None


@BOTH
async def test_a_person_takes_a_ticket_and_starts(
    scene: Scene, people: dict[str, Any], call: Call
) -> None:
    [edu] = call("res.users", "search", [("login", "=", EDU)])
    owner = {"user_ids": [(6, 0, [edu])]} if scene.model == TASK else {"user_id": edu}
    people[EDU](
        scene.model,
        "write",
        [scene.ref],
        {"stage_id": scene.stages[Stage.IN_PROGRESS], "priority": "3", **owner},
    )
    await scene.watch.look()
    ticket = await scene.ticket()
    assert (ticket.stage, ticket.owner, ticket.priority) == ("in_progress", "edu.n1", "high")
    noted = await scene.noted()
    assert sorted(change for change in noted if change[0] != "deadline") == [
        ("owner", "ana.n0", "edu.n1", EDU),
        ("priority", "medium", "high", EDU),
        ("stage", "new", "in_progress", EDU),
    ]
    await scene.watch.look()
    assert await scene.noted() == noted


async def test_a_deadline_set_when_scheduling(scene: Scene, people: dict[str, Any]) -> None:
    people[EDU](
        TASK,
        "write",
        [scene.ref],
        {"stage_id": scene.stages[Stage.SCHEDULED], "date_deadline": "2026-12-01 18:00:00"},
    )
    await scene.watch.look()
    assert (await scene.ticket()).deadline == datetime(2026, 12, 1, 18, 0, tzinfo=UTC)
    people[ANA](TASK, "write", [scene.ref], {"date_deadline": "2026-12-02 18:00:00"})
    await scene.watch.look()
    assert (await scene.noted())[-1] == (
        "deadline",
        "2026-12-01T18:00:00+00:00",
        "2026-12-02T18:00:00+00:00",
        ANA,
    )


async def test_who_schedules_and_leaves_the_promised_term_has_it_as_deadline(
    scene: Scene, people: dict[str, Any]
) -> None:
    people[EDU](TASK, "write", [scene.ref], {"stage_id": scene.stages[Stage.SCHEDULED]})
    await scene.watch.look()
    ticket = await scene.ticket()
    assert ticket.resolution_due is not None
    assert ticket.deadline == ticket.resolution_due.replace(microsecond=0)


async def test_a_task_is_closed_by_its_status_and_not_by_its_stage(
    scene: Scene, people: dict[str, Any]
) -> None:
    people[EDU](TASK, "write", [scene.ref], {"stage_id": scene.stages[Stage.DONE]})
    await scene.watch.look()
    ticket = await scene.ticket()
    assert (ticket.stage, ticket.closed_at) == ("done", None)
    people[EDU](TASK, "write", [scene.ref], {"state": "1_done"})
    await scene.watch.look()
    assert (await scene.ticket()).closed_at is not None
    people[EDU](
        TASK,
        "write",
        [scene.ref],
        {"state": "1_canceled", "stage_id": scene.stages[Stage.IN_PROGRESS]},
    )
    await scene.watch.look()
    ticket = await scene.ticket()
    assert (ticket.stage, ticket.closed_at is not None) == ("cancelled", True)


@pytest.mark.parametrize("scene", [(HELPDESK, False)], indirect=True)
async def test_a_helpdesk_ticket_is_closed_by_its_stage(
    scene: Scene, people: dict[str, Any]
) -> None:
    people[EDU](HELPDESK, "write", [scene.ref], {"stage_id": scene.stages[Stage.CANCELLED]})
    await scene.watch.look()
    ticket = await scene.ticket()
    assert (ticket.stage, ticket.closed_at is not None) == ("cancelled", True)


@BOTH
async def test_a_person_says_who_the_client_is(
    scene: Scene, people: dict[str, Any], call: Call
) -> None:
    [clinic] = call("res.partner", "create", [{"name": "Clínica Sol", "is_company": True}])
    people[EDU](scene.model, "write", [scene.ref], {"partner_id": clinic})
    await scene.watch.look()
    assert [change for change in await scene.noted() if change[0] == "client"] == [
        ("client", "Bia", "Clínica Sol", EDU)
    ]


async def test_an_archived_task_is_still_looked_at(scene: Scene, people: dict[str, Any]) -> None:
    people[EDU](TASK, "write", [scene.ref], {"state": "1_done", "active": False})
    await scene.watch.look()
    assert (await scene.ticket()).closed_at is not None


async def test_our_own_writing_is_nobodys_change(scene: Scene) -> None:
    await escalate_ticket(scene.application.context, (await scene.ticket()).number, "não responde")
    await scene.application.worker_pool.drain()
    await scene.watch.look()
    assert await scene.noted() == []
    assert (await scene.ticket()).owner == "edu.n1"


async def test_a_change_shows_behind_our_own_writing(scene: Scene, people: dict[str, Any]) -> None:
    people[ANA](TASK, "write", [scene.ref], {"stage_id": scene.stages[Stage.SCHEDULED]})
    await escalate_ticket(scene.application.context, (await scene.ticket()).number, "não responde")
    await scene.application.worker_pool.drain()
    await scene.watch.look()
    found = {field: who for field, _, _, who in await scene.noted()}
    assert found == {"stage": ANA, "deadline": ANA}


@pytest.mark.parametrize("scene", [(TASK, True)], indirect=True)
async def test_with_the_rights_each_change_has_its_own_author(
    scene: Scene, people: dict[str, Any]
) -> None:
    people[ANA](TASK, "write", [scene.ref], {"priority": "3"})
    people[EDU](TASK, "write", [scene.ref], {"stage_id": scene.stages[Stage.IN_PROGRESS]})
    await scene.watch.look()
    found = {field: who for field, _, _, who in await scene.noted()}
    assert found["priority"] == ANA
    assert found["stage"] == EDU


async def test_a_task_in_another_project_is_followed_by_the_sweep(
    scene: Scene, people: dict[str, Any], call: Call
) -> None:
    [other] = call("project.project", "create", [{"name": "Outro"}])
    call(TASK, "write", [scene.ref], {"project_id": other})
    people[EDU](TASK, "write", [scene.ref], {"state": "1_done"})
    await scene.watch.look()
    assert await scene.noted() == []
    await DeskWatch(
        scene.application.context, scene.changes, scene.application.leases, poll=1
    ).look()
    assert ("closed", False, True, EDU) in await scene.noted()


async def test_two_questions_a_look_while_nothing_happens(
    scene: Scene, as_agent: OdooSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []
    call_as_before = as_agent.call

    async def counted(model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        asked.append((model, method))
        return await call_as_before(model, method, *args, **kwargs)

    await scene.watch.look()
    monkeypatch.setattr(as_agent, "call", counted)
    await scene.watch.look()
    assert asked == [("mail.message", "search_read"), (TASK, "search_read")]


async def test_a_missing_right_is_told_as_a_desk_that_cannot_be_looked_at(
    as_agent: OdooSessions, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(model: str, *_: Any, **__: Any) -> Any:
        if model == TASK:
            raise OdooRefused("odoo.exceptions.AccessError", "You are not allowed")
        return []

    monkeypatch.setattr(as_agent, "call", refuse)
    with pytest.raises(
        DeskUnavailable, match=r"project\.task.* cannot be read: You are not allowed"
    ):
        await scene.watch.look()
