"""Accepting: durable, whole or not at all, and once."""

import asyncio
from datetime import UTC, datetime

import psycopg
import pytest

from intake.ports.arrivals import Cursor, IntakeUnavailable
from intake.settings.database import Database
from intake.store.database import Database as OpenDatabase
from intake.store.inbox import Inbox
from intake.store.leases import Leases
from intake.store.tokens import Tokens
from tests.application import SOURCE, application, arrival, mail, rows
from tests.servers.postgres import PostgresCluster


async def test_messages_jobs_and_cursor_are_one_transaction(database_settings: Database) -> None:
    async with application(database_settings) as running:
        place = Cursor(
            uid_validity=7,
            last_uid=12,
            first_uid=3,
            left_before=datetime(2026, 11, 24, 12, tzinfo=UTC),
            first_look_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
            looked_at=datetime(2026, 11, 24, 13, tzinfo=UTC),
            newest_existing=datetime(2026, 11, 24, 11, tzinfo=UTC),
            generation=2,
        )
        new = await running.inbox.accept([arrival(mail())], source=SOURCE, cursor=place)
        assert new == 1
        assert await running.inbox.cursor(SOURCE) == place
        [job] = await rows(running, "SELECT task_name, args FROM procrastinate_jobs")
        [message] = await rows(running, "SELECT id, state, raw_size FROM messages")
        assert job == {"task_name": "triage", "args": {"messages": [message["id"]]}}
        assert message["state"] == "new"
        assert message["raw_size"] == len(mail())


async def test_the_same_key_again_changes_nothing(database_settings: Database) -> None:
    async with application(database_settings) as running:
        await running.inbox.accept([arrival(mail())], source=SOURCE)
        again = [arrival(mail("outro texto")), arrival(mail(message_id="<dois@x.br>"), 2)]
        assert await running.inbox.accept(again, source=SOURCE) == 1
        assert len(await rows(running, "SELECT 1 FROM messages")) == 2
        known = await running.inbox.known_keys([f"{SOURCE}:1:1", f"{SOURCE}:1:9"])
        assert known == {f"{SOURCE}:1:1"}


async def test_a_failure_stores_nothing(database_settings: Database) -> None:
    async with application(database_settings) as running:
        broken = Cursor(uid_validity=2**63, last_uid=1)
        with pytest.raises(psycopg.DataError):
            await running.inbox.accept([arrival(mail())], source=SOURCE, cursor=broken)
        assert await rows(running, "SELECT 1 FROM messages") == []
        assert await rows(running, "SELECT 1 FROM procrastinate_jobs") == []


async def test_two_who_accept_the_same_store_it_once(database_settings: Database) -> None:
    async with application(database_settings) as running:
        counts = await asyncio.gather(
            *(running.inbox.accept([arrival(mail())], source=SOURCE) for _ in range(5))
        )
        assert sorted(counts) == [0, 0, 0, 0, 1]
        await running.worker_pool.drain()
        assert len(await rows(running, "SELECT 1 FROM tickets")) == 1


async def test_mails_of_one_conversation_share_a_lane(database_settings: Database) -> None:
    async with application(database_settings) as running:
        first = mail(message_id="<raiz@x.br>")
        answer = mail("mais", message_id="<dois@x.br>", References="<raiz@x.br> <y@x.br>")
        await running.inbox.accept([arrival(first), arrival(answer, 2)], source=SOURCE)
        jobs = await rows(running, "SELECT lock, args FROM procrastinate_jobs")
        assert [len(job["args"]["messages"]) for job in jobs] == [2]


@pytest.mark.servers
async def test_a_database_that_is_away_is_the_listeners_cue_to_try_again(
    postgres_cluster: PostgresCluster,
) -> None:
    url = postgres_cluster.new_database()
    async with OpenDatabase.open(Database(url=url)) as database:
        database.pool.timeout = 0.5
        inbox = Inbox(database, queue=None, leases=Leases(url), lanes=1)  # type: ignore[arg-type]
        postgres_cluster.kill()
        try:
            with pytest.raises(IntakeUnavailable, match="journal: "):
                await inbox.cursor(SOURCE)
            with pytest.raises(IntakeUnavailable):
                await inbox.accept([], source=SOURCE)
            with pytest.raises(IntakeUnavailable):
                async with inbox.lease(SOURCE):
                    raise AssertionError("no lease without a database")
            with pytest.raises(IntakeUnavailable):
                async with Tokens(database).turn("a"):
                    raise AssertionError("no turn without a database")
        finally:
            postgres_cluster.start()


async def test_an_answer_that_names_only_its_parent_follows_the_parents_conversation(
    database_settings: Database,
) -> None:
    chain = [
        mail(message_id="<a@x.br>"),
        mail(message_id="<b@x.br>", In_Reply_To="<a@x.br>"),
        mail(message_id="<c@x.br>", In_Reply_To="<b@x.br>"),
        mail(message_id="<d@x.br>", In_Reply_To="<c@x.br>", References="<a@x.br> <c@x.br>"),
        mail(message_id="<e@x.br>", In_Reply_To="<d@x.br>"),
    ]
    async with application(database_settings) as running:
        arrivals = [arrival(raw, number) for number, raw in enumerate(chain)]
        await running.inbox.accept(arrivals[:3], source=SOURCE)
        for one in arrivals[3:]:
            await running.inbox.accept([one], source=SOURCE)
        found = await rows(running, "SELECT DISTINCT thread FROM messages")
        assert found == [{"thread": "<a@x.br>"}]


async def test_an_answer_to_an_unknown_mail_has_that_mail_for_its_conversation(
    database_settings: Database,
) -> None:
    async with application(database_settings) as running:
        raw = mail(message_id="<b@x.br>", In_Reply_To="<elsewhere@x.br>")
        await running.inbox.accept([arrival(raw)], source=SOURCE)
        assert await rows(running, "SELECT thread, message_id FROM messages") == [
            {"thread": "<elsewhere@x.br>", "message_id": "<b@x.br>"}
        ]
