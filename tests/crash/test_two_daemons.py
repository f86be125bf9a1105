"""A given PostgreSQL, one mailbox and two daemons: one is killed, the other takes over."""

import random
from collections.abc import Iterator

import pytest

from tests.crash.corpus import make_corpus
from tests.crash.counting import Count, check_commands, summary
from tests.crash.scene import Scene, scene
from tests.daemon.process import Daemon
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import serve
from tests.servers.postgres import PostgresCluster, running_postgres
from tests.servers.process import wait_until
from tests.servers.scripted_smtp import ScriptedSmtp

pytestmark = [pytest.mark.crash, pytest.mark.servers, pytest.mark.timeout(300)]

TAKEN_OVER_WITHIN = 60.0
"""Seconds until the other daemon has a mailbox and the jobs; it asks for the lease every five."""


@pytest.fixture
def own_postgres() -> Iterator[PostgresCluster]:
    """A cluster that no other test uses: it is killed."""
    yield from serve(running_postgres())


@pytest.fixture
def here(
    own_dovecot: Dovecot, scripted_smtp: ScriptedSmtp, own_postgres: PostgresCluster
) -> Iterator[Scene]:
    """On that cluster."""
    with scene(own_dovecot, scripted_smtp, own_postgres.new_database()) as made:
        yield made


def test_the_other_daemon_takes_over(here: Scene, own_postgres: PostgresCluster, seed: int) -> None:
    survive(here, own_postgres, seed, size=24, kills=3)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_the_other_daemon_takes_over_in_the_long_run(
    here: Scene, own_postgres: PostgresCluster, seed: int
) -> None:
    survive(here, own_postgres, seed, size=120, kills=20)


def survive(here: Scene, postgres: PostgresCluster, seed: int, *, size: int, kills: int) -> None:
    """Kill one of two, feed, and see the other work; in the middle the database dies too."""
    chance = random.Random(f"two daemons {seed}")
    pieces = make_corpus(seed, size)
    daemons = [here.place.started(here.environment) for _ in range(2)]
    share = size // (kills + 1)
    for number in range(kills):
        victim = daemons[number % 2] if number < 2 else chance.choice(daemons)
        with here.delivering(pieces[number * share : (number + 1) * share], chance):
            let_one_take_over(here, victim)
            if number == kills // 2:
                postgres.kill()
                postgres.start()
        victim.start()
        if chance.random() < 0.5:
            victim.wait_ready()
    here.deliver(pieces[share * kills :])
    for daemon in daemons:
        daemon.wait_ready()
    here.wait_settled()
    count = Count(here, pieces)
    print(summary(here, count, seed=seed, kills=kills))
    count.check()
    assert [daemon.terminate() for daemon in daemons] == [0, 0]
    check_commands(here, len(count.tickets))


def let_one_take_over(here: Scene, victim: Daemon) -> None:
    """Kill it, and wait until the journal grows without it."""
    before = here.counts()
    victim.kill()
    assert before is not None

    def grown() -> bool:
        now = here.counts()
        return now is not None and now.processed > before.processed

    wait_until(grown, "the other daemon takes over", TAKEN_OVER_WITHIN)
