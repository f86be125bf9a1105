"""The morning's digest: to each level, once, on business mornings."""

import asyncio

from intake.jobs.digest import write_digests
from intake.notify.alarms import schedule_alarms
from intake.settings.database import Database
from tests.application import rows
from tests.watch.week import ANA, CAU, EDU, ZONE, Week, instant, week

MARIA = {
    "login": "maria",
    "name": "Maria Sá",
    "email": "maria@r3izzy.com.br",
    "levels": ["N0", "N1"],
}


async def morning(it: Week, text: str) -> list[str]:
    """It becomes that time, the digest's job runs: who gets one."""
    it.turn(text)
    await write_digests(it.application.context)
    await it.application.worker_pool.drain()
    return sorted(each.recipient for each in it.told() if "Resumo" in each.subject)


async def waiting(it: Week) -> list[str]:
    found = await rows(
        it.application,
        """SELECT scheduled_at AS at FROM procrastinate_jobs
            WHERE task_name = 'digest' AND status = 'todo' ORDER BY 1""",
    )
    return [row["at"].astimezone(ZONE).strftime("%a %H:%M").lower() for row in found]


async def test_each_level_gets_it_once_on_a_business_morning(database_settings: Database) -> None:
    async with week(database_settings, people=(ANA, EDU, CAU, MARIA)) as it:
        await it.ticket(level="N2", owner=None)
        everybody = [ANA["email"], CAU["email"], MARIA["email"]]
        # N1 has nothing of its own; who is on N0 too has the widest, once.
        assert await morning(it, "tue 09:00") == everybody
        assert await morning(it, "tue 09:01") == []
        assert await morning(it, "wed 09:00") == [], "a holiday"
        await it.ticket()
        assert await morning(it, "thu 09:00") == sorted([*everybody, EDU["email"]])


async def test_nothing_goes_out_before_its_time_or_where_nothing_is_open(
    database_settings: Database,
) -> None:
    async with week(database_settings, digest={"at": "10:30"}) as it:
        assert await morning(it, "mon 10:30") == []
        await it.ticket()
        assert await morning(it, "tue 10:29") == []
        assert len(await morning(it, "tue 16:00")) == 3, "late, after an outage"


async def test_a_job_waits_for_the_next_business_morning_and_for_one_only(
    database_settings: Database,
) -> None:
    async with week(database_settings) as it:
        await schedule_alarms(it.application.context)
        await schedule_alarms(it.application.context)
        assert await waiting(it) == ["tue 09:00"]
        it.turn("tue 09:00")
        await write_digests(it.application.context)
        assert await waiting(it) == ["tue 09:00", "thu 09:00"]


async def test_two_daemons_send_everybody_one_each_morning(database_settings: Database) -> None:
    async with week(database_settings) as it, week(database_settings) as other:
        await it.ticket()
        for daemon in (it, other):
            await schedule_alarms(daemon.application.context)
        assert await waiting(it) == ["tue 09:00"]
        for day in ("tue 09:00", "thu 09:00"):
            for daemon in (it, other):
                daemon.turn(day)
            both = [write_digests(each.application.context) for each in (it, other, it, other)]
            await asyncio.gather(*both)
            await it.application.worker_pool.drain()
            told = [each for each in (*it.told(), *other.told()) if "Resumo" in each.subject]
            assert sorted(each.recipient for each in told) == sorted(
                person["email"] for person in (ANA, EDU, CAU)
            )


async def test_it_says_what_is_late_new_and_asked_of_the_client(
    database_settings: Database,
) -> None:
    async with week(database_settings) as it:
        await it.ticket(resolution_due=instant("mon 12:00"), title="Nota <b>presa</b>")
        await it.ticket(missing=["client"], priority="high")
        it.turn("tue 09:00")
        await write_digests(it.application.context)
        await it.application.worker_pool.drain()
        [mail] = [
            each
            for each in it.told()
            if each.recipient == EDU["email"] and "Resumo" in each.subject
        ]
    assert mail.subject == "Resumo da manhã (N1): vencidos 1, novos 1, esperando o cliente 1"
    assert "Vencidos (1)" in mail.text
    assert "Nota <b>presa</b>" in mail.text
    assert "Nota &lt;b&gt;presa" in mail.html
    assert "Esperando o cliente" in mail.text
    assert "Alta" in mail.text
