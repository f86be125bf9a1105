"""When the daemon calls itself unwell, and when only a restart would help."""

import httpx
import psycopg
from prometheus_client import generate_latest

from intake.app.opening import Application
from intake.metrics import Metrics
from intake.ports.memory_desk import MemoryDesk
from intake.settings.database import Database as DatabaseSettings
from intake.web.health import LONGEST_WAIT, Health
from intake.web.server import asgi_app
from tests.application import application, arrival, mail, rows, take_in

SOURCE = "imap:suporte/INBOX"


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def health_of(running: Application, clock: Clock) -> Health:
    return Health(running.database, running.metrics, clock)


async def accept(running: Application, number: int) -> None:
    raw = mail(message_id=f"<h{number}@x.br>")
    await running.inbox.accept([arrival(raw, number)], source=SOURCE)


async def test_a_message_that_nobody_works_on_makes_us_stuck(
    database_settings: DatabaseSettings,
) -> None:
    clock = Clock()
    async with application(database_settings) as running:
        health = health_of(running, clock)
        await accept(running, 1)
        assert (await health.report()).healthy
        clock.now += LONGEST_WAIT + 1
        report = await health.report()
        assert not report.healthy
        assert "has not changed for 301 s" in report.problems[0]


async def test_a_long_backlog_that_moves_is_no_fault(database_settings: DatabaseSettings) -> None:
    clock = Clock()
    async with application(database_settings) as running:
        health = health_of(running, clock)
        await accept(running, 1)
        await accept(running, 2)
        await health.refresh()
        clock.now += LONGEST_WAIT - 1
        async with running.database.transaction() as connection:
            await connection.execute("UPDATE messages SET state = 'done' WHERE key LIKE '%:1'")
        await health.refresh()
        clock.now += LONGEST_WAIT - 1
        assert (await health.report()).healthy


async def test_a_journal_that_is_away_is_unwell_but_not_stuck(
    database_settings: DatabaseSettings,
) -> None:
    clock = Clock()
    async with application(database_settings) as running:
        health = health_of(running, clock)
        await accept(running, 1)
        await health.refresh()
        await running.database.pool.close()
        clock.now += LONGEST_WAIT + 1
        report = await health.report()
        assert not report.healthy
        assert report.problems[0].startswith("journal: ")
        assert health.stuck == ""


async def test_metrics_name_what_an_alarm_needs(database_settings: DatabaseSettings) -> None:
    async with application(database_settings) as running:
        running.metrics.listener_started(SOURCE)
        await take_in(running, mail())
        await accept(running, 2)
        await health_of(running, Clock()).refresh()
        text = _metrics(running)
    assert 'intake_messages_total{channel="email",outcome="opened"} 1.0' in text
    assert "intake_unprocessed_messages 1.0" in text
    assert "intake_acknowledgement_seconds_count 1.0" in text
    assert f'intake_listener_last_success_seconds{{source="{SOURCE}"}}' in text


async def test_a_mailbox_that_is_away_is_named_but_needs_no_restart(
    database_settings: DatabaseSettings,
) -> None:
    async with application(database_settings) as running:
        running.metrics.listener_failed(SOURCE, "connection refused")
        report = await health_of(running, Clock()).report()
    assert report.healthy
    assert report.problems == (f"{SOURCE}: connection refused",)


async def test_healthz_answers_503_where_the_journal_is_away() -> None:
    class Away:
        def transaction(self) -> None:
            raise psycopg.OperationalError("connection refused")

    health = Health(Away(), Metrics())  # type: ignore[arg-type]
    transport = httpx.ASGITransport(asgi_app(health))
    async with httpx.AsyncClient(transport=transport, base_url="http://intake") as client:
        answer = await client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"healthy": False, "problems": ["journal: connection refused"]}


def _metrics(running: Application) -> str:
    return generate_latest(running.metrics.registry).decode()


async def test_refused_tickets_are_counted_until_somebody_settles_them(
    database_settings: DatabaseSettings,
) -> None:
    desk = MemoryDesk()
    desk.refuses = {"App travando": "não"}
    async with application(database_settings, desk=desk) as running:
        await take_in(running, mail())
        health = health_of(running, Clock())
        await health.refresh()
        assert b"intake_desk_refused 1.0" in generate_latest(running.metrics.registry)
        await rows(running, "UPDATE tickets SET desk_discarded = 'teste' RETURNING 1")
        await health.refresh()
        assert b"intake_desk_refused 0.0" in generate_latest(running.metrics.registry)
