"""What people change at the desk comes into the journal, once, and is not written back over."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from intake.actions.escalate import escalate_ticket
from intake.app.opening import Application
from intake.jobs.desk_watch import DeskWatch
from intake.ports.memory_desk import MemoryDesk
from intake.settings.database import Database
from intake.store.desk_changes import NotedChange, changes_after
from intake.store.tickets import TicketStore, TicketView
from tests.application import application, mail, rows, take_in
from tests.desk.watched import AT, WatchedDesk
from tests.listeners.conftest import until

DUE = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scene:
    """A ticket that the desk has, and somebody who looks at it."""

    application: Application
    carried: MemoryDesk
    desk: WatchedDesk
    watch: DeskWatch
    ref: str

    async def ticket(self) -> TicketView:
        [found] = await TicketStore(self.application.database).all()
        return found

    async def changes(self) -> list[NotedChange]:
        async with self.application.database.transaction() as connection:
            return await changes_after(connection, 0)


@pytest.fixture
async def scene(database_settings: Database) -> AsyncIterator[Scene]:
    carried = MemoryDesk()
    async with application(database_settings, desk=carried) as opened:
        await take_in(opened, mail())
        [row] = await rows(opened, "SELECT desk_ref, owner, priority FROM tickets")
        desk = WatchedDesk()
        desk.stands(
            row["desk_ref"],
            stage="new",
            closed=False,
            owner=row["owner"],
            priority=row["priority"],
            deadline=None,
            client=None,
        )
        watch = DeskWatch(opened.context, desk, opened.leases, poll=0.01)
        await watch.look()
        yield Scene(opened, carried, desk, watch, row["desk_ref"])


async def test_somebody_schedules_a_ticket(scene: Scene) -> None:
    assert await scene.changes() == []
    scene.desk.stands(scene.ref, "edu.n1", stage="scheduled", owner="EDU.N1", deadline=DUE)
    await scene.watch.look()
    ticket = await scene.ticket()
    assert (ticket.stage, ticket.owner, ticket.deadline) == ("scheduled", "edu.n1", DUE)
    assert [(c.number, c.field, c.before, c.after, c.who, c.at) for c in await scene.changes()] == [
        (ticket.number, "stage", "new", "scheduled", "edu.n1", AT),
        (ticket.number, "owner", "ana.n0", "edu.n1", "edu.n1", AT),
        (ticket.number, "deadline", None, DUE.isoformat(), "edu.n1", AT),
    ]


async def test_a_change_is_noted_once(scene: Scene) -> None:
    scene.desk.stands(scene.ref, "edu.n1", stage="in_progress")
    await scene.watch.look()
    await scene.watch.look()
    again = DeskWatch(scene.application.context, scene.desk, scene.application.leases, poll=1)
    await again.look()
    assert len(await scene.changes()) == 1


async def test_two_who_look_at_once_note_a_change_once(scene: Scene) -> None:
    scene.desk.stands(scene.ref, "edu.n1", stage="in_progress")
    other = DeskWatch(scene.application.context, scene.desk, scene.application.leases, poll=1)
    await asyncio.gather(scene.watch.look(), other.look())
    assert len(await scene.changes()) == 1


async def test_a_closed_ticket_says_when(scene: Scene) -> None:
    scene.desk.stands(scene.ref, "edu.n1", stage="done", closed=True)
    await scene.watch.look()
    ticket = await scene.ticket()
    assert (ticket.stage, ticket.closed_at) == ("done", AT)
    scene.desk.stands(scene.ref, "edu.n1", stage="in_progress", closed=False)
    await scene.watch.look()
    ticket = await scene.ticket()
    assert (ticket.stage, ticket.closed_at) == ("in_progress", None)


async def test_what_people_changed_is_not_written_back(scene: Scene) -> None:
    scene.desk.stands(scene.ref, "edu.n1", stage="scheduled", owner="edu.n1", priority="high")
    await scene.watch.look()
    await take_in(
        scene.application,
        mail(subject="Re: App travando", message_id="<2@x.br>", In_Reply_To="<um@exemplo.com.br>"),
        first=2,
    )
    [ticket] = scene.carried.tickets.values()
    assert ticket.changed == frozenset()


async def test_the_clients_answer_reopens_what_was_closed_at_the_desk(scene: Scene) -> None:
    scene.desk.stands(scene.ref, "edu.n1", stage="done", closed=True)
    await scene.watch.look()
    await take_in(
        scene.application,
        mail(subject="Re: App travando", message_id="<2@x.br>", In_Reply_To="<um@exemplo.com.br>"),
        first=2,
    )
    [ticket] = scene.carried.tickets.values()
    assert (ticket.stage, "stage" in ticket.changed) == ("new", True)
    scene.desk.stands(scene.ref, "intake", stage="new", closed=False)
    await scene.watch.look()
    assert [change.field for change in await scene.changes()] == ["stage", "closed"]
    assert (await scene.ticket()).stage == "new"


async def test_our_escalation_is_nobodys_change(scene: Scene) -> None:
    number = (await scene.ticket()).number
    await escalate_ticket(scene.application.context, number, "não responde")
    await scene.watch.look()
    assert (await scene.ticket()).owner == "edu.n1"
    await scene.application.worker_pool.drain()
    scene.desk.stands(scene.ref, "intake", owner="edu.n1")
    await scene.watch.look()
    assert await scene.changes() == []


async def test_what_looking_by_time_missed_is_found_by_the_sweep(scene: Scene) -> None:
    scene.desk.hidden.add(scene.ref)
    scene.desk.stands(scene.ref, "edu.n1", stage="scheduled")
    await scene.watch.look()
    assert await scene.changes() == []
    await DeskWatch(scene.application.context, scene.desk, scene.application.leases, poll=1).look()
    assert [change.after for change in await scene.changes()] == ["scheduled"]


async def test_a_ticket_that_is_not_ours_is_left_alone(scene: Scene) -> None:
    scene.desk.stands("999", "edu.n1", stage="done", owner="x", closed=True)
    await scene.watch.look()
    assert await scene.changes() == []


async def test_the_next_look_goes_on_where_the_last_one_ended_also_in_another_daemon(
    scene: Scene,
) -> None:
    await DeskWatch(scene.application.context, scene.desk, scene.application.leases, poll=1).look()
    assert scene.desk.looks == [None, AT]


async def test_a_desk_that_is_away_is_looked_at_again(scene: Scene) -> None:
    metrics, stopping = scene.application.metrics, asyncio.Event()
    scene.desk.down = True
    run = asyncio.create_task(scene.watch.run(stopping))
    await until(lambda: "desk" in metrics.failing, "the failure is told")
    scene.desk.stands(scene.ref, "edu.n1", stage="scheduled")
    scene.desk.down = False
    await until(lambda: "desk" not in metrics.failing, "it is looked at again")
    stopping.set()
    await run
    assert (await scene.ticket()).stage == "scheduled"
    assert metrics.registry.get_sample_value("intake_desk_last_look_seconds") is not None
