"""What becomes of a mail in the mailbox once the journal has it: left, flagged or moved."""

from collections.abc import Sequence
from typing import Any

import pytest

from intake.ports.arrivals import Arrival, Cursor, IntakeUnavailable
from intake.ports.listener import ListenerUnavailable
from intake.ports.memory_inbox import MemoryIntake
from tests.listeners.conftest import Desk, running, subjects, until

pytestmark = pytest.mark.servers

FLAG: dict[str, Any] = {"post_fetch_action": "flag", "keyword": "Recebido"}
MOVE: dict[str, Any] = {"post_fetch_action": "move", "move_to": "Recebidos/Já lidos"}
TARGET = MOVE["move_to"]


class Refusing(MemoryIntake):
    """A journal that is away."""

    async def accept(
        self, arrivals: Sequence[Arrival], *, source: str, cursor: Cursor | None = None
    ) -> int:
        if arrivals:
            raise IntakeUnavailable("journal: away")
        return await super().accept(arrivals, source=source, cursor=cursor)


def on_a_simple_server(desk: Desk) -> dict[str, Any]:
    """Without IDLE and MOVE."""
    return {"host": desk.dovecot.no_idle_host, "port": desk.dovecot.ports.no_idle, "poll": 0.05}


async def test_left_as_it_is(desk: Desk) -> None:
    uids = desk.deliver(2)
    await desk.listener().drain()
    assert desk.dovecot.uids(desk.user) == uids
    assert [desk.dovecot.flags(desk.user, uid) for uid in uids] == [set(), set()]


async def test_flagged_with_a_keyword(desk: Desk) -> None:
    uids = desk.deliver(2)
    assert await desk.listener(**FLAG).drain() == 2
    assert [desk.dovecot.flags(desk.user, uid) for uid in uids] == [{b"Recebido"}] * 2


async def test_flagged_while_listening(desk: Desk) -> None:
    async with running(desk.listener(**FLAG)):
        await until(lambda: desk.progress.ok)
        [uid] = desk.deliver(1)
        await until(lambda: desk.dovecot.flags(desk.user, uid) == {b"Recebido"})


async def test_moved_to_a_folder_that_is_made(desk: Desk) -> None:
    desk.deliver(3)
    assert await desk.listener(**MOVE).drain() == 3
    assert desk.dovecot.uids(desk.user) == []
    assert len(desk.dovecot.uids(desk.user, TARGET)) == 3
    desk.deliver(1, start=4)
    assert await desk.listener(**MOVE).drain() == 1
    assert desk.subjects == subjects(1, 4)


async def test_moved_where_the_server_cannot_move(desk: Desk) -> None:
    desk.deliver(3)
    listener = desk.listener(**MOVE, **on_a_simple_server(desk))
    assert await listener.drain() == 3
    assert desk.dovecot.uids(desk.user) == []
    assert len(desk.dovecot.uids(desk.user, TARGET)) == 3


@pytest.mark.parametrize("after", [FLAG, MOVE], ids=["flag", "move"])
async def test_nothing_is_touched_before_the_journal_has_it(
    desk: Desk, after: dict[str, Any]
) -> None:
    [uid] = desk.deliver(1)
    with pytest.raises(IntakeUnavailable):
        await desk.listener(intake=Refusing(), **after).drain()
    assert desk.dovecot.uids(desk.user) == [uid]
    assert desk.dovecot.flags(desk.user, uid) == set()


@pytest.mark.parametrize("after", [FLAG, MOVE], ids=["flag", "move"])
async def test_what_a_crash_left_untouched_is_tended_to_at_the_next_start(
    desk: Desk, after: dict[str, Any]
) -> None:
    uids = desk.deliver(2)
    await desk.listener().drain()  # As if we had died between the journal and the mailbox.
    assert await desk.listener(**after).drain() == 0
    if after is MOVE:
        assert desk.dovecot.uids(desk.user) == []
    else:
        assert [desk.dovecot.flags(desk.user, uid) for uid in uids] == [{b"Recebido"}] * 2


async def test_a_folder_that_cannot_be_made_is_said_before_anything_is_taken_in(desk: Desk) -> None:
    desk.deliver(1)
    with pytest.raises(ListenerUnavailable, match=r"move_to .* cannot be made"):
        await desk.listener(post_fetch_action="move", move_to="bad\x01name").drain()
    assert desk.intake.arrivals == {}


async def test_a_target_that_vanishes_does_not_stop_the_intake(desk: Desk) -> None:
    async with running(desk.listener(**MOVE)):
        await until(lambda: desk.progress.ok)
        with desk.dovecot.client(desk.user) as client:
            client.delete_folder(TARGET)
        desk.deliver(2)
        await until(lambda: len(desk.intake.arrivals) == 2)
    assert len(desk.dovecot.uids(desk.user)) == 2
    assert await desk.listener(**MOVE).drain() == 0
    assert len(desk.dovecot.uids(desk.user, TARGET)) == 2
