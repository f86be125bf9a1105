"""A person writes `@Trello` on a ticket in a real Odoo, and the card's link comes back there."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from intake.settings.trello import Trello
from tests.application import rows
from tests.desk.odoo.conftest import Call
from tests.desk.odoo.test_changes import ANA, HELPDESK, TASK, Scene, people, scene
from tests.desk.odoo.test_heed import People, notes, notice, writes
from tests.servers.scripted_trello import ScriptedTrello, running_scripted_trello
from tests.trello.conftest import trello

__all__ = ["people", "scene", "trello"]
pytestmark = pytest.mark.servers
PLACES: dict[str, Any] = {
    "key": {"env": "TEST_TRELLO_KEY"},
    "token": {"env": "TEST_TRELLO_TOKEN"},
}


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedTrello]:
    with running_scripted_trello() as server:
        yield server


@pytest.mark.parametrize("scene", [(TASK, False), (HELPDESK, False)], indirect=True)
async def test_a_note_makes_one_card_and_both_sides_lead_to_each_other(
    scene: Scene, people: People, call: Call, trello: ScriptedTrello
) -> None:
    context = scene.application.context
    settings = context.config.settings.model_copy(
        update={"trello": Trello.model_validate({**PLACES, "base_url": trello.url})}
    )
    context.config = replace(context.config, settings=settings)
    trello.board("Notas & Fiscal")
    writes(people, ANA, scene, "precisa do fiscal\n@Trello notas & fiscal")
    writes(people, ANA, scene, "@Trello Obras")
    for _ in range(3):
        await notice(scene)
    [card] = trello.cards
    [row] = await rows(scene.application, "SELECT number, desk_url FROM tickets")
    assert f"Chamado {row['number']}: {row['desk_url']}" in card.desc
    assert row["desk_url"]
    [link] = notes(call, scene, "Cartão no Trello")
    assert card.url in link
    # Our own answer has an example of a command in it: nobody obeys it.
    assert len(notes(call, scene, "não há quadro chamado “Obras”")) == 1
    assert len(await rows(scene.application, "SELECT id FROM cards")) == 2
