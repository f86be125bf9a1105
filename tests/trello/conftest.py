"""A Trello for all tests of a file, and the places of its secrets."""

from collections.abc import Iterator

import pytest

from tests.servers.scripted_trello import KEY, TOKEN, ScriptedTrello, running_scripted_trello


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedTrello]:
    with running_scripted_trello() as server:
        yield server


@pytest.fixture
def trello(running: ScriptedTrello, monkeypatch: pytest.MonkeyPatch) -> ScriptedTrello:
    """Without boards, cards and troubles; key and token are in the environment."""
    running.clear()
    monkeypatch.setenv("TEST_TRELLO_KEY", KEY)
    monkeypatch.setenv("TEST_TRELLO_TOKEN", TOKEN)
    return running
