"""[watch] in the file changes while the daemon runs: the clock follows, and rings nothing twice."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from intake.daemon import reload
from intake.jobs.digest import write_digests
from intake.jobs.fire_alarms import fire_alarms
from intake.notify.alarms import schedule_alarms
from intake.settings.database import Database
from tests.application import rows
from tests.watch.week import ANA, CAU, EDU, ZONE, Week, instant, week

FILE = """
[database]
url = "{url}"
[replies]
backend = "maildir"
outbox = "/nonexistent"
[rules]
shipped = false
{people}
[watch]
{watch}
"""
PEOPLE = "".join(
    "[[roster.person]]\n" + "".join(f"{key} = {value!r}\n" for key, value in person.items())
    for person in (ANA, EDU, CAU)
)


async def reloaded(it: Week, database: Database, file: Path, watch: str) -> str:
    """SIGHUP with this in [watch], and what follows; gives what needs a restart."""
    await asyncio.to_thread(
        file.write_text, FILE.format(url=database.url, people=PEOPLE, watch=watch), encoding="utf-8"
    )
    with capture_logs() as said:
        reload(it.application, file)
    assert any(each["event"] == "reload.done" for each in said), said
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "clock"))
    await it.application.worker_pool.drain()
    return " ".join(
        name
        for each in said
        if each["event"] == "reload.needs_restart"
        for name in each["sections"]
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


async def test_open_tickets_have_their_alarms_by_the_new_settings(
    database_settings: Database, file: Path
) -> None:
    async with week(database_settings) as it:
        ticket = await it.ticket()
        again = await reloaded(it, database_settings, file, 'schedule_within = "4h úteis"')
        assert "watch" not in again
        assert await it.until("mon 11:00") == []
        assert len(await it.until("mon 14:00")) == 2
        # And back: what has rung for it does not ring again.
        await reloaded(it, database_settings, file, 'schedule_within = "2h úteis"')
        assert await it.until("mon 14:30") == []
        await it.change(ticket, resolution_due=instant("tue 12:00"))
        await reloaded(it, database_settings, file, 'alarms_off = ["resolution-breach"]')
        assert await it.until("tue 12:00") == []


async def test_the_digest_goes_out_at_its_new_time_and_only_then(
    database_settings: Database, file: Path
) -> None:
    async with week(database_settings) as it:
        await it.ticket()
        await reloaded(it, database_settings, file, 'digest = { at = "10:30" }')
        waiting = await rows(
            it.application,
            """SELECT scheduled_at AS at FROM procrastinate_jobs
                WHERE task_name = 'digest' AND status = 'todo' ORDER BY 1""",
        )
        assert [f"{row['at'].astimezone(ZONE):%a %H:%M}" for row in waiting] == ["Mon 10:30"]
        # A job that waited for the time of before finds nothing to do.
        it.turn("mon 09:30")
        await write_digests(it.application.context)
        assert await rows(it.application, "SELECT 1 FROM digests") == []
        it.turn("mon 10:30")
        await write_digests(it.application.context)
        assert await rows(it.application, "SELECT 1 FROM digests") != []


async def test_turning_the_clock_off_waits_for_a_restart_and_says_so(
    database_settings: Database, file: Path
) -> None:
    async with week(database_settings) as it:
        again = await reloaded(it, database_settings, file, "enabled = false\nwarn_at = 0.5")
        assert "watch.enabled" in again
        watch = it.application.context.config.settings.watch
        assert (watch.enabled, watch.warn_at) == (True, 0.5)


async def test_what_came_while_the_clock_was_off_has_its_alarms_once_it_is_on(
    database_settings: Database,
) -> None:
    async with week(database_settings) as it:
        await fire_alarms(it.application.context, recompute=True)
    async with week(database_settings, enabled=False) as it:
        await schedule_alarms(it.application.context)
        await it.ticket()
    async with week(database_settings) as it:
        await fire_alarms(it.application.context, recompute=True)
        assert len(await it.until("mon 11:00")) == 2
