"""The ringing itself: cut at any instant, it tells each thing once; and it waits for the next."""

import asyncio
from dataclasses import replace

import pytest

from intake.jobs import fire_alarms as ringing
from intake.jobs.fire_alarms import fire_alarms
from intake.notify.alarms import SOON, set_alarms
from intake.settings.database import Database
from intake.settings.twilio import Twilio
from tests.application import rows
from tests.watch.week import ANA, EDU, instant, week


class Cut(Exception):
    """As a kill: what is not committed is gone."""


async def cut(*_: object) -> None:
    raise Cut


async def test_what_was_cut_before_its_end_rings_again(
    database_settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with week(database_settings) as it:
        await it.ticket()
        it.turn("mon 11:00")
        with monkeypatch.context() as patch:
            patch.setattr(ringing, "write_alarms", cut)
            with pytest.raises(Cut):
                await fire_alarms(it.application.context)
        assert it.told() == []
        assert len(await it.until("mon 11:01")) == 2


async def test_what_was_cut_after_its_end_rings_no_more_and_the_next_is_not_forgotten(
    database_settings: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with week(database_settings) as it:
        await it.ticket(resolution_due=instant("mon 15:00"))
        it.turn("mon 11:00")
        with monkeypatch.context() as patch:
            patch.setattr(ringing, "queue_for_next_alarm", cut)
            with pytest.raises(Cut):
                await fire_alarms(it.application.context)
        await it.application.worker_pool.drain()
        assert len(it.told()) == 2
        assert await it.until("mon 11:00") == []
        assert instant("mon 14:00") in await it.next_ring()


async def test_what_is_due_at_once_together_is_one_job(database_settings: Database) -> None:
    async with week(database_settings) as it:
        first, second = await it.ticket(), await it.ticket()
        for ticket in (first, second):
            await it.change(ticket, first_response_due=instant("mon 08:00"), acknowledged_at=None)
        jobs = "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'fire_alarms'"
        now = [row for row in await rows(it.application, jobs) if row["scheduled_at"] is None]
        assert len(now) == 1
        await it.application.worker_pool.drain()
        fired = "SELECT DISTINCT ticket_id FROM alarms WHERE fired_at IS NOT NULL"
        assert len(await rows(it.application, fired)) == 2


async def test_what_is_set_while_the_only_job_looks_is_waited_for(
    database_settings: Database,
) -> None:
    async with week(database_settings) as it:
        ticket = await it.ticket()
        async with it.application.database.transaction() as connection:
            await it.application.context.queue.put_unless_due(connection, "fire_alarms")
        overdue = "UPDATE tickets SET first_response_due = %s, acknowledged_at = NULL WHERE id = %s"
        waiting = """SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                      WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted
        """
        async with it.application.database.transaction() as connection:
            await connection.execute(overdue, [instant("mon 08:00"), ticket])
            await set_alarms(it.application.context, connection, [ticket])
            looking = asyncio.create_task(it.application.worker_pool.drain())
            while not await rows(it.application, waiting):
                assert not looking.done()
        await looking
        assert await rows(it.application, "SELECT 1 FROM alarms WHERE fired_at IS NOT NULL") == []
        assert instant("mon 09:00") + SOON in await it.next_ring()


async def test_what_somebody_changes_meanwhile_is_left_to_them(
    database_settings: Database,
) -> None:
    async with week(database_settings) as it:
        ticket = await it.ticket()
        other = await it.ticket()
        async with it.application.database.transaction() as connection:
            await connection.execute("UPDATE tickets SET title = 'x' WHERE id = %s", [ticket])
            told = await it.until("mon 11:00")
        assert len(told) == 2
        [row] = await rows(it.application, "SELECT number FROM tickets WHERE id = %s", [other])
        assert {each.ticket_number for each in told} == {row["number"]}
        assert any(at > instant("mon 11:00") for at in await it.next_ring())
        assert len(await it.until("mon 11:01")) == 2


async def test_what_is_overtaken_does_not_ring_though_nobody_has_counted_anew_yet(
    database_settings: Database,
) -> None:
    async with week(database_settings) as it:
        ticket = await it.ticket()
        scheduled = (
            "UPDATE tickets SET stage = 'scheduled', deadline = %s WHERE id = %s RETURNING id"
        )
        await rows(it.application, scheduled, [instant("fri 17:00"), ticket])
        assert await it.until("mon 11:00") == []
        found = await rows(it.application, "SELECT kind FROM alarms WHERE fired_at IS NULL")
        assert "unscheduled" not in {row["kind"] for row in found}
        assert "deadline-breach" in {row["kind"] for row in found}


async def test_a_message_by_telephone_waits_for_the_end_of_quiet_hours(
    database_settings: Database,
) -> None:
    phone = {"phone": "+5511987654321", "channels": ["odoo", "whatsapp"], "quiet": ["10:00-12:30"]}
    async with week(database_settings, people=(ANA, {**EDU, **phone})) as it:
        context = it.application.context
        with_twilio = context.config.settings.model_copy(
            update={"twilio": Twilio.model_construct()}
        )
        context.config = replace(context.config, settings=with_twilio)
        await it.ticket()
        assert [each.recipient for each in await it.until("mon 11:00")] == [ANA["email"]]
        [waits] = await rows(
            it.application,
            """SELECT r.recipient, r.channel, j.scheduled_at AS at
                 FROM procrastinate_jobs j JOIN replies r ON j.args->'replies' ? r.uid::text""",
        )
        assert (waits["recipient"], waits["channel"]) == ("+5511987654321", "whatsapp")
        assert waits["at"] == instant("mon 12:30")
        await it.ticket(priority="high")
        await it.until("mon 11:30")
        later = await rows(
            it.application, "SELECT count(*) AS n FROM replies WHERE state = 'queued'"
        )
        assert later == [{"n": 2}]


async def test_without_twilio_they_find_it_on_the_ticket(database_settings: Database) -> None:
    phone = {"phone": "+5511987654321", "channels": ["whatsapp"]}
    async with week(database_settings, people=(ANA, {**EDU, **phone})) as it:
        await it.ticket()
        assert [each.recipient for each in await it.until("mon 11:00")] == [ANA["email"]]
        entries = [each.body_html for each in it.desk.entries.values() if each.kind == "note"]
        assert any("@Edu Reis" in body for body in entries)
