"""The daemon needs no root: an ordinary user's folder is enough."""

from collections.abc import Iterator

import pytest

from tests.application import mail
from tests.daemon.workplace import Workplace, workplace
from tests.servers.process import give, unprivileged, wait_until


@pytest.fixture
def place() -> Iterator[Workplace]:
    """An unprivileged user's, also where the tests are root's."""
    with workplace(unprivileged()) as made:
        yield made


def test_an_ordinary_user_can_run_it(place: Workplace) -> None:
    account = unprivileged()
    daemon = place.started()
    place.deliver(mail())
    give(place.folder / "maildir", account)
    wait_until(lambda: len(place.answers()) == 1, "the acknowledgement is in the outbox")
    assert (place.folder / "var" / "journal" / "pgdata").stat().st_uid == account.uid
    assert len(place.tickets()) == 1
    assert daemon.terminate() == 0
    assert not (place.folder / "var" / "journal" / "pgdata" / "postmaster.pid").exists()
