"""The channel as somebody of the team sees it, in a browser: they type, and the answer appears.

A long form (`pytest -m long`): Odoo takes a minute to compile its pages, and what the daemon does
is shown without a browser. INTAKE_TEST_DISCUSS_PICTURE=docs/images/comandos.png keeps the picture.
"""

import os
from functools import partial
from pathlib import Path

import pytest

from intake.desk.odoo.discuss import CHANNEL
from tests.desk.odoo.conftest import AGENT, Call
from tests.desk.odoo.test_discuss import Scene, people, scene
from tests.desk.odoo.test_screenshot import PATIENCE, log_in
from tests.servers.chromium import Chromium, Page
from tests.servers.odoo import OdooDatabase
from tests.servers.process import wait_until

__all__ = ["people", "scene"]
PICTURE = "INTAKE_TEST_DISCUSS_PICTURE"
pytestmark = [
    pytest.mark.servers,
    pytest.mark.long,
]
LINES = (
    '/ticket Nota não emitida cliente:"Clínica Boa Vista" prioridade:alta canal:telefone',
    "/ticket Trocar o cabo da recepção tipo:interno prioridad:baixa",
    "/ticket Trocar o cabo da recepção tipo:interno prioridade:baixa",
)
COMPOSER = ".o-mail-Composer-input"
BODIES = "[...document.querySelectorAll('.o-mail-Message-body')].map(each => each.innerText)"


async def test_the_team_sees_the_answers(
    scene: Scene, odoo: OdooDatabase, call: Call, chromium: Chromium
) -> None:
    for login, name in (("ana.n0", "Ana Lima"), (AGENT, "Central Intake")):
        [user] = call("res.users", "search", [("login", "=", login)])
        call("res.users", "write", [user], {"name": name, "image_1920": False})
    clinic = {"name": "Clínica Boa Vista", "is_company": True, "email": "boa@vista.com.br"}
    call("res.partner", "create", [clinic])
    page = chromium.open(1200, 800)
    page.live_in("America/Sao_Paulo")
    log_in(page, odoo, "ana.n0")
    page.go(f"{odoo.url}/odoo/discuss?active_id=discuss.channel_{scene.channel}")
    page.wait_for(f"document.querySelector('{COMPOSER}') !== null", "the channel", PATIENCE)
    for count, line in enumerate(LINES, start=1):
        types(page, line)
        page.wait_for(f"{BODIES}.length === {2 * count - 1}", "what was typed", PATIENCE)
        # The page shows it before Odoo has it.
        wait_until(partial(heard, call, scene, 2 * count - 1), "the line in Odoo")
        assert await scene.listens() == 1
        page.wait_for(f"{BODIES}.length === {2 * count}", "the answer, without a reload", PATIENCE)
    shown = page.run(BODIES)
    first, second = await scene.tickets()
    numbers = sorted((first.number, second.number))
    assert f"{numbers[0]} aberto" in shown[1]
    assert "seria “prioridade:”?" in shown[3]
    assert f"{numbers[1]} aberto" in shown[5]
    keep(page)


def heard(call: Call, scene: Scene, count: int) -> bool:
    """Whether Odoo has so many messages of people and the daemon there."""
    here = [("model", "=", CHANNEL), ("res_id", "=", scene.channel)]
    found = call("mail.message", "search_count", [*here, ("message_type", "=", "comment")])
    return bool(found >= count)


def keep(page: Page) -> None:
    """Where the environment asks for it."""
    if PICTURE in os.environ:
        Path(os.environ[PICTURE]).write_bytes(page.picture())


def types(page: Page, line: str) -> None:
    """Into the composer, and Enter."""
    page.run(f"document.querySelector('{COMPOSER}').focus()")
    page.run(f"document.execCommand('insertText', false, {line!r})")
    page.run(
        f"document.querySelector('{COMPOSER}').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))"
    )
