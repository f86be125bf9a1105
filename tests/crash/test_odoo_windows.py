"""The instants that matter, met on purpose: Odoo has done it, and the journal does not know yet."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from intake.desk.odoo.rpc import Login
from tests.application import mail
from tests.daemon.workplace import MAILDIR, OUTBOX, Workplace, workplace
from tests.desk.odoo.carrying import Found, set_up
from tests.desk.odoo.conftest import Call, agent, call, login_of, sessions
from tests.desk.odoo.workplace import PASSWORDS, PEOPLE, odoo_desk, quiet
from tests.servers.odoo import OdooDatabase
from tests.servers.odoo_front import HELD, OdooFront, running_odoo_front
from tests.servers.process import wait_until

__all__ = ["agent", "call"]

pytestmark = [pytest.mark.crash, pytest.mark.servers]

TASK = "project.task"
CARRIED = """
    SELECT (SELECT count(*) FROM tickets WHERE desk_ref IS NULL),
           (SELECT count(*) FROM ticket_entries WHERE synced_at IS NULL),
           (SELECT count(*) FROM procrastinate_jobs
             WHERE NOT (task_name IN ('fire_alarms', 'follow_up', 'digest')
                        AND scheduled_at > now()))
"""
TASKS, MESSAGES = b'"project.task", "load"', b'"mail.message", "load"'
MORE = (b'"project.task", "message_unsubscribe"', b'"ir.attachment", "load"')
"""What Odoo is asked when a ticket is brought, as it stands in the request."""


@pytest.fixture
def front(odoo: OdooDatabase, agent: Login) -> Iterator[OdooFront]:
    """Between the daemon and Odoo."""

    async def prepare() -> None:
        async with sessions(login_of(odoo)) as as_admin:
            await set_up(as_admin, TASK)

    asyncio.run(prepare())
    with running_odoo_front(odoo.url) as proxy:
        yield proxy


@pytest.fixture
def place(odoo: OdooDatabase, front: OdooFront) -> Iterator[Workplace]:
    """Mail from a Maildir, the desk behind that proxy."""
    with workplace() as made:
        made.write(
            quiet().replace("stalled_after = 10", "stalled_after = 5")
            + MAILDIR
            + OUTBOX
            + PEOPLE
            + odoo_desk(odoo, url=front.url)
        )
        yield made
        front.speak()


@pytest.fixture
def known(call: Call) -> set[int]:
    """Tasks that earlier tests have left."""
    return set(call(TASK, "search", []))


@pytest.mark.parametrize(
    "window",
    [TASKS, MESSAGES, *(pytest.param(words, marks=pytest.mark.long) for words in MORE)],
    ids=lambda words: words.decode(),
)
def test_what_odoo_has_done_and_nobody_noted_is_not_done_again(
    window: bytes, place: Workplace, front: OdooFront, call: Call, known: set[int]
) -> None:
    ref = brought_through_a_kill(window, place, front, call, known)
    found = Found(call, TASK)
    said = [each for each in found.messages(ref) if each["message_type"] != "notification"]
    assert len({each["body"] for each in said}) == len(said) > 0
    assert [file["name"].endswith(".eml") for file in found.files(ref)] == [True]


def test_what_a_person_did_meanwhile_stays_and_is_known(
    place: Workplace, front: OdooFront, call: Call, known: set[int]
) -> None:
    def schedule(ref: int) -> None:
        [stage] = call(
            "project.task.type", "search", [("name", "=", "Agendado"), ("user_id", "=", False)]
        )
        call(TASK, "write", [ref], {"stage_id": stage, "priority": "3"})

    ref = brought_through_a_kill(TASKS, place, front, call, known, meanwhile=schedule)
    assert Found(call, TASK).record(ref, "stage_id")["stage_id"][1] == "Agendado"
    wait_until(lambda: place.tickets()[0]["stage"] == "scheduled", "the journal knows it")
    assert place.tickets()[0]["priority"] == "high"


def brought_through_a_kill(
    window: bytes,
    place: Workplace,
    front: OdooFront,
    call: Call,
    known: set[int],
    meanwhile: Any = lambda ref: None,
) -> str:
    """The daemon dies when Odoo has done that; another goes on. Returns the one task there is."""
    daemon = place.daemon(PASSWORDS)
    daemon.start()
    daemon.wait_ready()
    front.choke_on(window, HELD)
    place.deliver(mail())
    assert front.holding.wait(60), daemon.log()
    daemon.kill()
    front.speak()
    [ref] = set(call(TASK, "search", [])) - known
    meanwhile(ref)
    daemon.start()
    daemon.wait_ready()
    wait_until(lambda: place.rows(CARRIED) == [(0, 0, 0)], "all is carried", 60)
    assert set(call(TASK, "search", [])) - known == {ref}
    return str(ref)
