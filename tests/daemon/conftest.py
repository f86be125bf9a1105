"""A workplace for each test."""

from collections.abc import Iterator

import pytest

from tests.daemon.workplace import Workplace, workplace


@pytest.fixture
def place() -> Iterator[Workplace]:
    """With settings that need no server; the daemon is not started."""
    with workplace() as made:
        yield made
