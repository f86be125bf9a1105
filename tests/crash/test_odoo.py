"""The crash test with Odoo as the desk: the daemon is killed, Odoo is killed and started again.

Counted in Odoo by external id. The seed is printed; INTAKE_CRASH_SEED sets it.
"""

import asyncio
import random
import time
from collections.abc import Iterator, Mapping

import pytest

from intake.desk.odoo.rpc import Login
from tests.crash.corpus import make_corpus
from tests.crash.counting import check_commands, summary
from tests.crash.odoo_counting import TASK, OdooCount
from tests.crash.rounds import play
from tests.crash.scene import Scene, scene
from tests.crash.victims import VICTIMS, Strike
from tests.daemon.process import Daemon
from tests.desk.odoo.carrying import set_up
from tests.desk.odoo.conftest import Call, agent, call, login_of, sessions
from tests.desk.odoo.workplace import PASSWORDS, odoo_desk
from tests.servers.dovecot import Dovecot
from tests.servers.odoo import OdooDatabase, OdooServer
from tests.servers.scripted_smtp import ScriptedSmtp

__all__ = ["agent", "call"]

pytestmark = [pytest.mark.crash, pytest.mark.servers]

SHORT = {"daemon": 3, "odoo": 2}
LONG = {"daemon": 12, "odoo": 8, "everything": 2, "dovecot": 1}


@pytest.fixture
def here(
    own_dovecot: Dovecot, scripted_smtp: ScriptedSmtp, odoo: OdooDatabase, call: Call, agent: Login
) -> Iterator[Scene]:
    """On the embedded journal, with a project in Odoo."""

    async def prepare() -> None:
        async with sessions(login_of(odoo)) as as_admin:
            await set_up(as_admin, TASK)

    asyncio.run(prepare())
    desk = odoo_desk(odoo, user=agent.user)
    with scene(own_dovecot, scripted_smtp, desk=desk, secrets=PASSWORDS) as made:
        yield made


@pytest.fixture
def strikes(odoo_server: OdooServer) -> Mapping[str, Strike]:
    """Odoo can be killed too."""

    def restart_odoo(_scene: Scene, _daemon: Daemon) -> None:
        odoo_server.kill()
        odoo_server.start()

    return {**VICTIMS, "odoo": restart_odoo}


def test_odoo_has_every_ticket_and_message_once(
    here: Scene, seed: int, strikes: Mapping[str, Strike], call: Call
) -> None:
    survive(here, seed, strikes, call, size=25, victims=SHORT)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_odoo_has_every_ticket_and_message_once_in_the_long_run(
    here: Scene, seed: int, strikes: Mapping[str, Strike], call: Call
) -> None:
    survive(here, seed, strikes, call, size=200, victims=LONG)


def survive(
    here: Scene,
    seed: int,
    strikes: Mapping[str, Strike],
    call: Call,
    *,
    size: int,
    victims: Mapping[str, int],
) -> None:
    """Play all rounds, let all settle, and count."""
    chance = random.Random(f"odoo kills {seed}")
    order = [victim for victim, times in victims.items() for _ in range(times)]
    chance.shuffle(order)
    pieces = make_corpus(seed, size)
    daemon = here.place.daemon(here.environment)
    began = time.monotonic()
    tally = play(here, daemon, pieces, order, chance, strikes)
    daemon.wait_ready()
    here.wait_settled()
    count = OdooCount(here, pieces, call)
    facts = {
        "seed": seed,
        "seconds": round(time.monotonic() - began, 1),
        "strikes": dict(tally.strikes),
        "signs": dict(tally.signs),
        "starts": tally.starts,
        "tasks": len(count.tasks),
        "messages_in_odoo": len(count.said_there),
        "files_in_odoo": len(count.files_there),
    }
    print(summary(here, count, **facts))
    count.check()
    here.look_away()
    code = daemon.terminate()
    assert code == 0, f"{code}: {daemon.log()[-3000:]}"
    check_commands(here, len(count.tickets))
