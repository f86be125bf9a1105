"""Listeners under supervision: one's trouble is its own, and each has its nightly comparison."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.app.listeners import listeners
from intake.app.supervisor import supervise
from intake.ports.listener import ListenerUnavailable
from intake.ports.memory_inbox import MemoryProgress
from intake.settings.model import Settings
from intake.upkeep.reconciliation import Reconciler, next_night
from tests.listeners.conftest import PATIENCE, QUICK, Desk, mail, now, running, until

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NEW_YORK = ZoneInfo("America/New_York")


class Actor:
    """A listener that does what it is told, and counts."""

    reconcile_at = time(3, 30)

    def __init__(self, source: str) -> None:
        self.source = source
        self.runs = 0
        self.reconciler = 0
        self.at_run: Callable[[], None] = lambda: None
        self.at_night: Callable[[], None] = lambda: None

    async def run(self, stopping: asyncio.Event) -> None:
        self.runs += 1
        self.at_run()
        await stopping.wait()

    async def drain(self) -> int:
        return 0

    async def reconcile(self) -> int:
        self.reconciler += 1
        self.at_night()
        return 0

    async def check(self) -> str:
        return self.source


class Stage:
    """A supervisor in the background, and a clock that can be put forward."""

    def __init__(self, *actors: Actor) -> None:
        self.actors = actors
        self.progress = MemoryProgress()
        self.time = datetime(2026, 11, 24, 12, tzinfo=UTC)
        self._stopping = asyncio.Event()

    async def __aenter__(self) -> "Stage":
        reconciler = Reconciler(zone=SAO_PAULO, clock=lambda: self.time, pace=QUICK, look=0.01)
        self._task = asyncio.create_task(
            supervise(
                self.actors,
                stopping=self._stopping,
                progress=self.progress,
                pace=QUICK,
                reconciler=reconciler,
            )
        )
        await until(lambda: all(actor.runs for actor in self.actors))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        await asyncio.wait_for(self._task, PATIENCE)


def fail(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


# Supervision


async def test_a_listener_with_a_defect_is_started_again_and_disturbs_nobody() -> None:
    sound, faulty = Actor("sound"), Actor("faulty")
    faulty.at_run = fail(RuntimeError("a defect"))
    async with Stage(sound, faulty) as stage:
        await until(lambda: faulty.runs >= 3)
        faulty.at_run = lambda: None
        before = faulty.runs
        await until(lambda: faulty.runs == before + 1)
    assert sound.runs == 1
    assert stage.progress.failures["faulty"][0] == "RuntimeError: a defect"
    assert "sound" not in stage.progress.failures


async def test_a_listener_that_does_not_stop_is_ended() -> None:
    class Deaf(Actor):
        async def run(self, stopping: asyncio.Event) -> None:
            self.runs += 1
            await asyncio.Event().wait()

    deaf, stopping = Deaf("deaf"), asyncio.Event()
    task = asyncio.create_task(
        supervise([deaf], stopping=stopping, progress=MemoryProgress(), grace=0.01)
    )
    await until(lambda: deaf.runs)
    stopping.set()
    await asyncio.wait_for(task, PATIENCE)


@pytest.mark.servers
async def test_several_accounts_and_folders_each_on_their_own(desk: Desk) -> None:
    """One account has a wrong password, one folder is missing: the others take in all the same."""
    with desk.dovecot.client(desk.user) as client:
        client.create_folder("Fiscal")
    desk.deliver(1)
    desk.deliver(1, start=2, folder="Fiscal")
    account = desk.settings(folders=["INBOX", "Fiscal", "Ausente"]).model_dump(mode="json")
    locked = desk.settings(name="trancada", password={"env": "NO_SUCH_VARIABLE"})
    settings = Settings.model_validate(
        {"imap": [_given(account), _given(locked.model_dump(mode="json"))]}
    )
    stopping = asyncio.Event()
    found = listeners(
        settings, intake=desk.intake, tokens=desk.tokens, progress=desk.progress, clock=now
    )
    task = asyncio.create_task(supervise(found, stopping=stopping, progress=desk.progress))
    await until(lambda: len(desk.intake.arrivals) == 2)
    await until(lambda: len(desk.progress.failures) == 2)
    desk.dovecot.append(desk.user, mail(3), "Fiscal")
    await until(lambda: len(desk.intake.arrivals) == 3)
    stopping.set()
    await asyncio.wait_for(task, PATIENCE)
    assert {each.source for each in desk.intake.arrivals.values()} == {
        "imap:suporte/INBOX",
        "imap:suporte/Fiscal",
    }
    assert "cannot be opened" in desk.progress.failures["imap:suporte/Ausente"][0]
    assert "NO_SUCH_VARIABLE is not set" in desk.progress.failures["imap:trancada/INBOX"][0]


def _given(tree: dict[str, object]) -> dict[str, object]:
    tree["password"] = {k: v for k, v in dict(tree["password"] or {}).items() if v}  # type: ignore[call-overload]
    return {key: value for key, value in tree.items() if value is not None}


@pytest.mark.servers
async def test_of_two_daemons_one_listens_and_the_other_takes_over(desk: Desk) -> None:
    first, second = desk.listener(), desk.listener()
    calls: list[asyncio.Event] = [asyncio.Event(), asyncio.Event()]
    tasks = [asyncio.create_task(first.run(calls[0]))]
    await until(lambda: desk.progress.ok)
    tasks.append(asyncio.create_task(second.run(calls[1])))
    desk.deliver(1)
    await until(lambda: len(desk.intake.arrivals) == 1)
    assert second._listening is None
    calls[0].set()
    await until(lambda: second._listening)
    desk.deliver(1, start=2)
    await until(lambda: len(desk.intake.arrivals) == 2)
    calls[1].set()
    await asyncio.wait_for(asyncio.gather(*tasks), PATIENCE)
    assert desk.progress.failures == {}


@pytest.mark.servers
async def test_who_stands_by_raises_no_alarm(desk: Desk) -> None:
    listener = desk.listener()
    async with desk.intake.lease(listener.source), running(listener):
        desk.deliver(1)
        await until(lambda: desk.progress.ok.get(listener.source, 0) >= 2)
    assert desk.intake.arrivals == {}
    assert desk.progress.failures == {}


@pytest.mark.servers
async def test_who_lost_the_lease_asks_for_it_again_before_taking_anything_in(desk: Desk) -> None:
    listener = desk.listener()
    async with running(listener):
        await until(lambda: desk.progress.ok)
        desk.intake.revoke(listener.source)
        desk.deliver(1)
        await until(lambda: desk.intake.arrivals)
        assert listener.source in desk.intake.holders


# Nights


async def test_each_listener_is_reconciled_once_a_night() -> None:
    early, late = Actor("early"), Actor("late")
    late.reconcile_at = time(5, 0)
    async with Stage(early, late) as stage:
        for hours, expected in ((18.4, (0, 0)), (18.6, (1, 0)), (20.5, (1, 1)), (42.6, (2, 1))):
            stage.time = datetime(2026, 11, 24, 12, tzinfo=UTC) + timedelta(hours=hours)
            await until(lambda: (early.reconciler, late.reconciler) == expected)  # noqa: B023


async def test_a_comparison_that_fails_is_tried_again_the_same_night() -> None:
    actor = Actor("caixa")
    actor.at_night = fail(ListenerUnavailable("caixa: away"))
    async with Stage(actor) as stage:
        stage.time += timedelta(hours=19)
        await until(lambda: actor.reconciler >= 3)
        actor.at_night = lambda: None
        tried = actor.reconciler
        await until(lambda: actor.reconciler == tried + 1)
        stage.time += timedelta(hours=24)
        await until(lambda: actor.reconciler == tried + 2)
    assert stage.progress.failures["caixa"][0] == "nightly comparison: caixa: away"
    assert actor.runs == 1


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-11-24T03:29:59-03:00", "2026-11-24T03:30:00-03:00"),
        ("2026-11-24T03:30:00-03:00", "2026-11-25T03:30:00-03:00"),
        ("2026-12-31T23:00:00-03:00", "2027-01-01T03:30:00-03:00"),
    ],
)
def test_the_next_night(after: str, expected: str) -> None:
    found = next_night(time(3, 30), datetime.fromisoformat(after), SAO_PAULO)
    assert found == datetime.fromisoformat(expected)


@given(
    after=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    at=st.times(),
)
def test_a_night_comes_within_a_day_and_never_twice(after: datetime, at: time) -> None:
    first = next_night(at, after, NEW_YORK)
    second = next_night(at, first, NEW_YORK)
    assert after < first <= after + timedelta(hours=25)
    assert timedelta(hours=22) < second - first < timedelta(hours=26)
