"""What we ask of Trello is what a description of its API, which is not ours, allows."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from intake.settings.database import Database
from intake.trello.checkup import examine
from tests.servers.described_trello import described, description, operations
from tests.servers.fixtures import serve
from tests.servers.prism import Prism
from tests.servers.scripted_trello import ScriptedTrello
from tests.trello.table import table

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def prism(running: ScriptedTrello) -> Iterator[Prism]:
    yield from serve(described(running.url))


async def test_each_request_is_allowed(
    database_settings: Database, trello: ScriptedTrello, prism: Prism
) -> None:
    trello.board("Fiscal")
    trello.cuts = 1
    async with table(database_settings, trello, base_url=prism.url) as here:
        await here.writes("@Trello Fiscal")
        await here.later(seconds=31)
        [card] = trello.cards
        assert (await here.notes())[-1].endswith(card.url)
        settings = here.application.context.config.settings.trello
        assert settings is not None
        assert (await examine(settings)).well
    assert "prism/errors#" not in prism.log_file.read_text()
    asked = {each.partition("?")[0] for each in trello.addresses}
    assert len(asked) == 5


async def test_each_parameter_is_described(
    database_settings: Database, trello: ScriptedTrello, prism: Prism
) -> None:
    """Prism does not mind parameters that it does not know; Trello ignores them, which is worse."""
    trello.board("Fiscal")
    async with table(database_settings, trello, base_url=prism.url) as here:
        await here.writes("@Trello Fiscal")
    known = {
        each["name"] for operation in operations(description()) for each in operation["parameters"]
    }
    named = {name for address in trello.addresses for name, _ in parse_qsl(urlsplit(address).query)}
    assert named
    assert named <= known
