"""Rounds of a crash test: deliver some mail, wait for a sign of progress, strike."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.crash.corpus import Piece
from tests.crash.scene import Counts, Scene
from tests.crash.victims import VICTIMS, Strike
from tests.daemon.process import Daemon
from tests.servers.process import wait_until

START = "start"
"""Strike while the daemon starts, or at whatever it does then."""
SIGNS = (START, "accepted", "processed", "answered", "sent")
ROUND_PATIENCE = 90.0
"""Seconds within which a daemon must get on after whatever was done to it or its servers."""


@dataclass(slots=True)
class Tally:
    """What was done."""

    strikes: Counter[str] = field(default_factory=Counter)
    signs: Counter[str] = field(default_factory=Counter)
    starts: int = 0


def play(
    scene: Scene,
    daemon: Daemon,
    pieces: Sequence[Piece],
    victims: Sequence[str],
    chance: random.Random,
    strikes: Mapping[str, Strike] = VICTIMS,
) -> Tally:
    """A round for each victim, in that order; the mail is spread over them by chance."""
    tally = Tally()
    for victim, batch in zip(victims, _batches(pieces, len(victims), chance), strict=True):
        gaps = random.Random(chance.random())
        if chance.random() < 0.5:
            scene.deliver(batch)
            batch = ()
        with scene.delivering(batch, gaps):
            before = scene.counts() or Counts()
            sent_before = len(scene.smtp.received)
            if not daemon.running:
                daemon.kill()
                daemon.start()
                tally.starts += 1
            sign = chance.choice(SIGNS)
            if sign != START:
                _wait_for(sign, scene, daemon, before, sent_before)
            time.sleep(chance.uniform(0, 1.5 if sign == START else 0.3))
            strikes[victim](scene, daemon)
            tally.strikes[victim] += 1
            tally.signs[sign] += 1
    if not daemon.running:
        daemon.kill()
        daemon.start()
        tally.starts += 1
    return tally


def _wait_for(sign: str, scene: Scene, daemon: Daemon, before: Counts, sent_before: int) -> None:
    """Until that number has grown, or there is nothing left that could make it grow."""

    def grown() -> bool:
        assert daemon.running, f"the daemon ended by itself: {daemon.log()[-3000:]}"
        if sign == "sent":
            return len(scene.smtp.received) > sent_before or _idle(scene)
        now = scene.counts()
        return now is not None and (getattr(now, sign) > getattr(before, sign) or _idle(scene))

    wait_until(grown, f"{sign} grows", ROUND_PATIENCE)


def _idle(scene: Scene) -> bool:
    now = scene.counts()
    return (
        now is not None
        and now.accepted == now.processed >= scene.delivered
        and now.unanswered == now.jobs == 0
    )


def _batches(pieces: Sequence[Piece], count: int, chance: random.Random) -> list[Sequence[Piece]]:
    """Each has one at least."""
    cuts = [0, *sorted(chance.sample(range(1, len(pieces)), count - 1)), len(pieces)]
    return [pieces[a:b] for a, b in itertools.pairwise(cuts)]
