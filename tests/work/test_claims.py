"""Claims: what tells a death from mere trouble, and what becomes of a message that kills."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import psycopg

from intake.actions.retry import retry_failed
from intake.app.opening import Application
from intake.app.reading import read_message
from intake.jobs.claiming import claim_messages
from intake.jobs.quarantine import triage_quarantined
from intake.jobs.triage import triage_messages
from intake.ports.memory_sender import MemorySender
from intake.ports.messages import StoredMessage
from intake.settings.database import Database
from intake.store.claims import claim, mark_suspects
from tests.application import SOURCE, application, arrival, mail, rows

MESSAGES = "SELECT id, state, outcome, error, attempts, claimed_by FROM messages ORDER BY id"
DEATHS = "SELECT message_id FROM message_deaths ORDER BY message_id"


def numbered(number: int, *, client: int = 0, **headers: str) -> bytes:
    return mail(
        f"Pedido {number}",
        sender=f"cliente{client or number}@exemplo.com.br",
        message_id=f"<{number}@exemplo.com.br>",
        **headers,
    )


async def accept(running: Application, *mails: bytes, first: int = 1) -> None:
    arrivals = [arrival(raw, first + n) for n, raw in enumerate(mails)]
    await running.inbox.accept(arrivals, source=SOURCE)


async def dies_with(running: Application, *ids: int) -> UUID:
    """Another process claims these, and is gone: it holds no lease."""
    run = uuid4()
    async with running.database.transaction() as connection:
        assert len(await claim(connection, ids, run)) == len(ids)
    return run


async def states(running: Application) -> list[str]:
    return [row["state"] for row in await rows(running, MESSAGES)]


class Watched:
    """A reader that notes what it reads."""

    def __init__(self) -> None:
        self.read: list[int] = []

    def __call__(self, stored: StoredMessage, limits: Any, own: Any) -> Any:
        self.read.append(stored.id)
        return read_message(stored, limits, own)


async def test_an_attempt_is_committed_before_the_bytes_are_read(
    database_settings: Database,
) -> None:
    seen: list[tuple[int, int]] = []

    def looks(stored: StoredMessage, limits: Any, own: Any) -> Any:
        with psycopg.connect(database_settings.url) as other:
            query = "SELECT attempts FROM messages WHERE id = %s AND claimed_by IS NOT NULL"
            row = other.execute(query, [stored.id]).fetchone()
            assert row is not None
            seen.append((stored.id, row[0]))
        return read_message(stored, limits, own)

    async with application(database_settings) as running:
        running.context.read = looks
        await accept(running, numbered(1))
        await running.worker_pool.drain()
        assert seen == [(1, 1)]
        [row] = await rows(running, MESSAGES)
        assert (row["state"], row["attempts"], row["claimed_by"]) == ("done", 1, None)


async def test_what_died_with_a_process_is_processed_after_it_and_forgiven(
    database_settings: Database,
) -> None:
    async with application(database_settings, work={"partitions": 1}) as running:
        await accept(running, *(numbered(n) for n in range(1, 4)))
        await dies_with(running, 1, 2)
        await running.worker_pool.drain()
        assert await states(running) == ["done"] * 3
        assert await rows(running, DEATHS) == []
        assert len(await rows(running, "SELECT 1 FROM tickets")) == 3


async def test_after_the_third_death_it_is_a_failed_row_and_the_first_level_is_told_once(
    database_settings: Database,
) -> None:
    sender = MemorySender()
    async with application(database_settings, sender=sender) as running:
        await accept(running, numbered(1))
        for death in range(3):
            run = await dies_with_alone(running, 1) if death else await dies_with(running, 1)
            async with running.database.transaction() as connection:
                assert await mark_suspects(connection, [run]) == [1]
        await running.worker_pool.drain()
        [row] = await rows(running, MESSAGES)
        assert row["state"] == "failed"
        assert "o processo terminou três vezes" in row["error"]
        [told] = sender.sent
        assert told.recipient == "ana.n0@r3izzy.com.br"
        assert "o processo terminou três vezes" in told.text

        # A person has mended what was wrong: the count begins anew.
        assert await retry_failed(running.context, None) == 1
        await dies_with(running, 1)
        await running.worker_pool.drain()
        assert await states(running) == ["done"]


async def dies_with_alone(running: Application, message: int) -> UUID:
    run = uuid4()
    query = "UPDATE messages SET claimed_by = %s WHERE id = %s RETURNING id"
    await rows(running, query, [run, message])
    return run


async def test_a_process_that_dies_after_the_reading_is_not_put_down_to_the_message(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        await accept(running, numbered(1))
        for _ in range(5):
            run = await dies_with_alone(running, 1)
            await rows(running, "UPDATE messages SET claim_read = true RETURNING id")
            async with running.database.transaction() as connection:
                await mark_suspects(connection, [run])
        await running.worker_pool.drain()
        assert await states(running) == ["done"]


async def test_its_own_claim_is_no_death(database_settings: Database) -> None:
    # As after a database that went away in the middle.
    async with application(database_settings) as running:
        await accept(running, numbered(1))
        await running.context.run.begin()
        for _ in range(5):
            async with running.database.transaction() as connection:
                await claim(connection, [1], running.context.run.id)
        await running.worker_pool.drain()
        assert await states(running) == ["done"]
        assert await rows(running, DEATHS) == []


async def test_a_claim_of_a_living_process_is_no_death(database_settings: Database) -> None:
    async with application(database_settings) as ours, application(database_settings) as theirs:
        await accept(ours, numbered(1))
        await theirs.context.run.begin()
        async with theirs.database.transaction() as connection:
            await claim(connection, [1], theirs.context.run.id)
        await ours.worker_pool.drain()
        assert await states(ours) == ["done"]
        assert await rows(ours, DEATHS) == []


async def test_who_was_taken_for_dead_while_the_database_was_away_takes_it_back(
    database_settings: Database,
) -> None:
    async with application(database_settings) as ours, application(database_settings) as theirs:
        await accept(ours, numbered(1))
        run = theirs.context.run
        await run.begin()
        async with theirs.database.transaction() as connection:
            await claim(connection, [1], run.id)
        await theirs.leases.close()
        async with ours.database.transaction() as connection:
            await mark_suspects(connection, [run.id])
        assert len(await rows(ours, DEATHS)) == 1
        await run.keep(theirs.database)
        assert await rows(ours, DEATHS) == []


async def test_a_graceful_end_leaves_no_claim(database_settings: Database) -> None:
    async with application(database_settings) as running:
        await accept(running, numbered(1))
        run = running.context.run
        await asyncio.gather(*(run.begin() for _ in range(3)))
        async with running.database.transaction() as connection:
            await claim(connection, [1], run.id)
    async with application(database_settings) as running:
        [row] = await rows(running, MESSAGES)
        assert (row["state"], row["claimed_by"]) == ("new", None)


async def test_a_conversation_keeps_its_order_behind_a_suspect_and_others_go_first(
    database_settings: Database,
) -> None:
    async with application(database_settings, work={"partitions": 1}) as running:
        reader = Watched()
        running.context.read = reader
        await accept(running, numbered(1))
        await dies_with(running, 1)
        answer = {"In_Reply_To": "<1@exemplo.com.br>", "References": "<1@exemplo.com.br>"}
        await accept(running, numbered(2, client=1, **answer), numbered(3), first=2)
        await running.worker_pool.drain()
        found = await rows(running, MESSAGES)
        assert [row["outcome"] for row in found] == ["opened", "joined", "opened"]
        assert list(dict.fromkeys(reader.read)) == [3, 1, 2]


async def test_what_waited_behind_a_suspect_is_not_overtaken(database_settings: Database) -> None:
    async with application(database_settings, work={"partitions": 1}) as running:
        await accept(running, numbered(1))
        await dies_with(running, 1)
        answer = {"In_Reply_To": "<1@exemplo.com.br>", "References": "<1@exemplo.com.br>"}
        assert await claim_messages(running.context, [1]) == []
        await accept(running, numbered(2, client=1, **answer), first=2)
        assert await claim_messages(running.context, [2]) == []
        await triage_quarantined(running.context, [])
        # Its own job, outside the partition, has not begun when the next mail's job runs.
        await accept(running, numbered(3, client=1, **answer), first=3)
        await triage_messages(running.context, [3])
        said = await rows(
            running, "SELECT body FROM ticket_entries WHERE kind = 'message' ORDER BY id"
        )
        assert [row["body"].strip() for row in said] == ["Pedido 2", "Pedido 3"]
        await running.worker_pool.drain()
        assert await states(running) == ["done"] * 3


async def test_suspects_are_in_hand_alone(
    database_settings: Database,
) -> None:
    in_hand: dict[int, Sequence[int]] = {}

    def looks(stored: StoredMessage, limits: Any, own: Any) -> Any:
        with psycopg.connect(database_settings.url) as other:
            query = "SELECT id FROM messages WHERE claimed_by IS NOT NULL ORDER BY id"
            in_hand.setdefault(stored.id, [row[0] for row in other.execute(query)])
        return read_message(stored, limits, own)

    async with application(database_settings) as running:
        running.context.read = looks
        await accept(running, *(numbered(n) for n in range(1, 9)))
        await dies_with(running, 2, 5, 7)
        await running.worker_pool.drain()
        assert await states(running) == ["done"] * 8
        assert {n: in_hand[n] for n in (2, 5, 7)} == {2: [2], 5: [5], 7: [7]}


async def test_those_with_the_fewest_deaths_go_first(
    database_settings: Database,
) -> None:
    # The innocent ones of a batch wait for no further death.
    async with application(database_settings, work={"partitions": 1}) as running:
        reader = Watched()
        running.context.read = reader
        await accept(running, *(numbered(n) for n in range(1, 4)))
        run = await dies_with(running, 1, 2, 3)
        second = uuid4()
        async with running.database.transaction() as connection:
            await mark_suspects(connection, [run])
        await rows(
            running,
            "UPDATE messages SET claimed_by = %s WHERE id = 1 RETURNING id",
            [second],
        )
        async with running.database.transaction() as connection:
            await mark_suspects(connection, [second])
        await running.worker_pool.drain()
        assert list(dict.fromkeys(reader.read)) == [2, 3, 1]
