"""The month's promises as gauges: counted now and then, whatever is asked how often."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from intake.settings.database import Database
from intake.web.health import Health
from intake.web.sla_metrics import AT_MOST, FRESH, SlaGauges
from tests.http.served import Clock
from tests.watch.week import ZONE, Week, instant, week


@pytest.fixture
async def it(database_settings: Database) -> AsyncIterator[Week]:
    async with week(database_settings) as opened:
        yield opened


class Scrapes:
    """Prometheus, and the daemon that it asks."""

    def __init__(self, it: Week, timer: Clock) -> None:
        count = SlaGauges(
            it.application.database,
            it.application.metrics,
            zone=lambda: ZONE,
            now=lambda: it.now[0],
            timer=timer,
        )
        self._health = Health(it.application.database, it.application.metrics, promises=count)
        self._registry = it.application.metrics.registry

    async def ask(self, promise: str, **labels: str) -> tuple[float | None, float | None]:
        """How many are judged, and how many of them kept."""
        await self._health.measure()
        asked = {"promise": promise, "request_type": "bug", "level": "N1", **labels}
        value = self._registry.get_sample_value
        return value("intake_sla_judged", asked), value("intake_sla_kept", asked)


async def bug(it: Week, **columns: Any) -> None:
    await it.ticket(request_type="bug", **columns)


async def test_a_share_can_be_made_of_them(it: Week) -> None:
    scrapes, at = Scrapes(it, Clock()), instant("mon 08:00")
    await bug(it, stage="done", closed_at=at, resolution_due=at)
    await bug(it, resolution_due=at)
    await bug(it, stage="cancelled", closed_at=at, resolution_due=at)
    await bug(it, resolution_due=None, answered=False)
    await bug(it, level="N2", resolution_due=instant("fri 10:00"))
    assert await scrapes.ask("resolution") == (2, 1)
    assert await scrapes.ask("first_response") == (3, 3)
    assert await scrapes.ask("resolution", level="N2") == (0, 0)
    assert await scrapes.ask("resolution", request_type="tax") == (None, None)


async def test_a_count_stands_for_a_while(it: Week) -> None:
    timer = Clock()
    scrapes = Scrapes(it, timer)
    assert await scrapes.ask("first_response") == (None, None)
    await bug(it)
    timer.now += FRESH - 1
    assert await scrapes.ask("first_response") == (None, None)
    timer.now += 1
    assert await scrapes.ask("first_response") == (1, 1)


async def test_what_takes_long_is_counted_less_often(it: Week) -> None:
    class Slow(Clock):
        """It is later at every look: a count takes two seconds."""

        def __call__(self) -> float:
            self.now += 2
            return self.now

    timer = Slow()
    scrapes = Scrapes(it, timer)
    await scrapes.ask("first_response")
    await bug(it)
    timer.now += FRESH + 1
    assert await scrapes.ask("first_response") == (None, None)
    timer.now += 2 / AT_MOST
    assert await scrapes.ask("first_response") == (1, 1)


async def test_with_a_new_month_it_begins_anew(it: Week) -> None:
    timer = Clock()
    scrapes = Scrapes(it, timer)
    await bug(it)
    assert await scrapes.ask("first_response") == (1, 1)
    timer.now += FRESH
    it.now[0] = instant("fri 10:00").replace(month=12, day=1)
    assert await scrapes.ask("first_response") == (None, None)


async def test_a_count_that_fails_leaves_the_rest_and_is_tried_again(it: Week) -> None:
    timer = Clock()
    scrapes = Scrapes(it, timer)
    await bug(it)
    async with it.application.database.transaction() as connection:
        await connection.execute("ALTER TABLE ticket_followups RENAME TO away")
    assert await scrapes.ask("first_response") == (None, None)
    async with it.application.database.transaction() as connection:
        await connection.execute("ALTER TABLE away RENAME TO ticket_followups")
    timer.now += FRESH
    assert await scrapes.ask("first_response") == (1, 1)
