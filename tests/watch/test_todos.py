"""An alarm at the desk is a to-do of its person, until what it asks for is done."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import pytest

from intake.actions.escalate import escalate_ticket
from intake.jobs.fire_alarms import fire_alarms
from intake.jobs.follow_up.job import follow_up
from intake.ports.desk_activities import DeskTodo
from intake.settings.database import Database
from tests.application import rows
from tests.watch.week import Week, instant, week

ODOO: dict[str, Any] = {
    "url": "https://odoo.exemplo.com.br",
    "database": "firma",
    "user": "intake",
    "password": {"env": "NOT_READ"},
}
ALARMS_OFF = ["reminder", "first-response", "resolution-near", "resolution-breach"]


@pytest.fixture
async def here(database_settings: Database) -> AsyncIterator[Week]:
    sections = {"desk": {"backend": "odoo"}, "odoo": ODOO}
    async with week(database_settings, sections=sections, alarms_off=ALARMS_OFF) as it:
        yield it


def todos(it: Week) -> list[tuple[str, str]]:
    return sorted((each.login, each.summary) for each in it.desk.todos.values())


async def notes(it: Week) -> list[str]:
    found = await rows(it.application, "SELECT body FROM ticket_entries WHERE body LIKE '@%%'")
    return [row["body"] for row in found]


async def number_of(it: Week, ticket: int) -> str:
    [row] = await rows(it.application, "SELECT number FROM tickets WHERE id = %s", [ticket])
    return str(row["number"])


async def test_each_person_gets_one_and_scheduling_ends_them(here: Week) -> None:
    ticket = await here.ticket()
    number = await number_of(here, ticket)
    await here.until("mon 11:00")
    waits = f"À espera de agendamento: {number}"
    assert todos(here) == [("ana", waits), ("edu", waits)]
    by_login = {each.login: each.body_html for each in here.desk.todos.values()}
    assert "Fale pessoalmente com Edu" in by_login["ana"]
    assert "Mova para Agendado" in by_login["edu"]
    assert await notes(here) == []
    here.turn("mon 11:30")
    await here.change(ticket, stage="scheduled")
    await follow_up(here.application.context, ticket)
    await here.application.worker_pool.drain()
    assert len(todos(here)) == 2
    await here.change(ticket, deadline=instant("fri 17:00"))
    await follow_up(here.application.context, ticket)
    await here.application.worker_pool.drain()
    assert todos(here) == []
    assert (
        await rows(here.application, "SELECT 1 FROM desk_activities WHERE ended_at IS NULL") == []
    )


async def test_what_rings_again_is_no_second_one_unless_its_person_has_ended_it(
    here: Week,
) -> None:
    await here.ticket()
    await here.until("mon 11:00")
    here.desk.todos = {
        each.external_id: each for each in here.desk.todos.values() if each.login != "edu"
    }
    await here.until("tue 13:00")
    assert [login for login, _ in todos(here)] == ["ana", "edu"]


async def test_whom_the_desk_does_not_know_gets_a_note(here: Week) -> None:
    here.desk.strangers = frozenset({"edu"})
    ticket = await here.ticket()
    await here.change(ticket, desk_synced=None)
    await here.until("mon 11:00")
    assert [login for login, _ in todos(here)] == ["ana"]
    [said] = await notes(here)
    assert said.startswith("@Edu Reis: ")
    assert (
        await rows(here.application, "SELECT 1 FROM ticket_entries WHERE synced_at IS NULL") == []
    )


async def test_who_has_it_no_longer_has_nothing_to_do(here: Week) -> None:
    ticket = await here.ticket()
    await here.until("mon 11:00")
    here.turn("mon 11:30")
    await escalate_ticket(here.application.context, await number_of(here, ticket), "")
    await here.application.worker_pool.drain()
    assert todos(here) == []


async def test_settings_may_ask_for_notes(database_settings: Database) -> None:
    sections = {"desk": {"backend": "odoo"}, "odoo": {**ODOO, "alarms": "note"}}
    async with week(database_settings, sections=sections, alarms_off=ALARMS_OFF) as it:
        await it.ticket()
        await it.until("mon 11:00")
        assert todos(it) == []
        assert len(await notes(it)) == 1


async def test_an_activity_waits_for_a_desk_that_is_away(here: Week) -> None:
    await here.ticket()
    here.desk.down = True
    here.turn("mon 11:00")
    await here.until("mon 11:00")
    here.desk.down = False
    await here.application.worker_pool.drain()
    waiting = await rows(here.application, "SELECT synced_at FROM desk_activities")
    assert [row["synced_at"] for row in waiting] == [None, None]


async def test_what_has_waited_for_the_desk_is_brought_together(here: Week) -> None:
    for at in ("mon 09:00", "mon 09:10", "mon 09:20"):
        here.turn(at)
        await here.ticket()
    await rows(here.application, "UPDATE tickets SET lane = 0 RETURNING 1")
    here.desk.down = True
    for at in ("mon 11:00", "mon 11:10", "mon 11:20"):
        await here.until(at)
    here.desk.down = False
    await rows(here.application, "UPDATE procrastinate_jobs SET scheduled_at = NULL RETURNING 1")
    await here.application.worker_pool.drain()
    assert [sorted(each) for each in here.desk.reminds] == [["ana"] * 3 + ["edu"] * 3]
    assert (
        await rows(here.application, "SELECT 1 FROM desk_activities WHERE synced_at IS NULL") == []
    )


class Meanwhile:
    """Something happens while the desk writes to-dos down, once."""

    def __init__(self, it: Week, what: Callable[[], Awaitable[None]]) -> None:
        self._remind, self._what = it.desk.remind, what
        self._desk = it.desk

    async def __call__(self, todos: Sequence[DeskTodo]) -> Mapping[str, str]:
        self._desk.remind = self._remind  # type: ignore[method-assign]
        refused = await self._remind(todos)
        await self._what()
        return refused


async def test_what_is_done_while_the_desk_gets_its_to_do_ends_it_there(here: Week) -> None:
    ticket = await here.ticket()

    async def is_scheduled() -> None:
        await here.change(ticket, stage="scheduled", deadline=instant("fri 17:00"))
        await follow_up(here.application.context, ticket)

    here.desk.remind = Meanwhile(here, is_scheduled)  # type: ignore[method-assign]
    await here.until("mon 11:00")
    assert todos(here) == []
    assert (
        await rows(here.application, "SELECT 1 FROM desk_activities WHERE ended_at IS NULL") == []
    )


async def test_what_rings_again_on_its_way_to_the_desk_is_brought_once_more(here: Week) -> None:
    await here.ticket()

    async def ends_it_and_it_rings_again() -> None:
        here.desk.todos.clear()
        here.turn("tue 13:00")
        await fire_alarms(here.application.context)

    here.desk.remind = Meanwhile(here, ends_it_and_it_rings_again)  # type: ignore[method-assign]
    await here.until("mon 11:00")
    assert [login for login, _ in todos(here)] == ["ana", "edu"]
