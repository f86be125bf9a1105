"""Kill the daemon and its servers at random; then nothing is lost and nothing is doubled.

The seed is printed; INTAKE_CRASH_SEED sets it. `make crash` runs the long form.
"""

import random
import time
from collections.abc import Iterator

import pytest

from intake.settings.listeners import PostFetchAction
from tests.crash.corpus import make_corpus
from tests.crash.counting import Count, check_commands, summary
from tests.crash.rounds import play
from tests.crash.scene import Scene, scene
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_smtp import ScriptedSmtp

pytestmark = [pytest.mark.crash, pytest.mark.servers, pytest.mark.timeout(300)]

SHORT = {"daemon": 3, "postmaster": 1, "everything": 1}
LONG = {"daemon": 25, "postmaster": 3, "server": 3, "everything": 3, "dovecot": 1}


@pytest.fixture
def here(own_dovecot: Dovecot, scripted_smtp: ScriptedSmtp, seed: int) -> Iterator[Scene]:
    """On the embedded journal. The seed says what happens to a mail after intake."""
    post_fetch_action = random.Random(f"after {seed}").choice(list(PostFetchAction))
    with scene(own_dovecot, scripted_smtp, post_fetch_action=post_fetch_action) as made:
        yield made


def test_no_message_is_lost_and_none_doubled(here: Scene, seed: int) -> None:
    survive(here, seed, size=30, victims=SHORT)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_no_message_is_lost_and_none_doubled_in_the_long_run(here: Scene, seed: int) -> None:
    survive(here, seed, size=200, victims=LONG)


def survive(here: Scene, seed: int, *, size: int, victims: dict[str, int]) -> None:
    """Play all rounds, let all settle, and count."""
    chance = random.Random(f"kills {seed}")
    order = [victim for victim, times in victims.items() for _ in range(times)]
    chance.shuffle(order)
    pieces = make_corpus(seed, size)
    daemon = here.place.daemon(here.environment)
    began = time.monotonic()
    tally = play(here, daemon, pieces, order, chance)
    daemon.wait_ready()
    here.wait_settled()
    count = Count(here, pieces)
    print(
        summary(
            here,
            count,
            seed=seed,
            post_fetch_action=here.post_fetch_action,
            seconds=round(time.monotonic() - began, 1),
            strikes=dict(tally.strikes),
            signs=dict(tally.signs),
            starts=tally.starts,
        )
    )
    count.check()
    here.look_away()
    code = daemon.terminate()
    assert code == 0, f"{code}: {daemon.log()[-3000:]}"
    check_commands(here, len(count.tickets))


def test_the_seed_alone_decides_what_is_delivered() -> None:
    assert make_corpus(7, 50) == make_corpus(7, 50) != make_corpus(8, 50)
