"""A seed that is printed, and servers of this folder's own: they are restarted."""

import os
import random
from collections.abc import Iterator

import pytest

from tests.daemon.held_smtp import HeldSmtp, held_smtp
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.fixtures import serve

SEED = "INTAKE_CRASH_SEED"


@pytest.fixture
def seed() -> int:
    """From the environment, or a fresh one."""
    given = os.environ.get(SEED)
    number = int(given) if given else random.SystemRandom().randrange(1_000_000)
    print(f"\n{SEED}={number}")
    return number


@pytest.fixture
def own_dovecot() -> Iterator[Dovecot]:
    """One that no other test uses."""
    yield from serve(running_dovecot())


@pytest.fixture
def held_mail() -> Iterator[HeldSmtp]:
    """A mail server that has each mail whole, and does not say so yet."""
    with held_smtp() as started:
        yield started
