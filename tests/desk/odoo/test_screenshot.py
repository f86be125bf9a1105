"""A ticket as the agent sees it, in a browser.

With INTAKE_TEST_ODOO_PICTURE=docs/images/odoo-ticket.png the picture of docs/odoo.md is made anew.
"""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from intake.actions.escalate import escalate_ticket
from intake.desk.odoo.sessions import OdooSessions
from intake.settings.database import Database
from tests.application import PEOPLE, SOURCE, arrival, mail, rows
from tests.desk.odoo.carrying import set_up
from tests.desk.odoo.conftest import AGENT, AGENT_GROUPS, Call, make_user
from tests.desk.odoo.office_with_odoo import TASK, Place, place
from tests.servers.chromium import Chromium, Page
from tests.servers.odoo import OdooDatabase

pytestmark = [pytest.mark.servers, pytest.mark.usefixtures("agent")]

SAMPLES = Path(__file__).parents[3] / "samples"
PICTURE = "INTAKE_TEST_ODOO_PICTURE"
WIDTH, HEIGHT = 1400, 1080
"""CSS pixels: an ordinary window's width, and room for the whole conversation."""
PATIENCE = 90
"""Seconds: the first page makes Odoo compile all its scripts and styles."""
CLIENT = "marcos.teles@clinica-exemplo.com.br"
LIA = {"login": "lia.n2", "name": "Lia Prado", "email": "lia.n2@r3izzy.com.br", "levels": ["N2"]}
SECTIONS: dict[str, Any] = {
    "rules": {"shipped": True},
    "roster": {"person": [*PEOPLE, LIA]},
}
LATER = """\
Voltou a funcionar em um dos celulares.
No outro, continua o erro 500.

Em ter., 24 de nov. de 2026 às 09:06, R3izzy <suporte@r3izzy.com.br> escreveu:
> Bom dia, Marcos!
> Recebemos a sua mensagem.
"""
BODIES = """
[...document.querySelectorAll(".o-mail-Message")].map(message => {
    const body = message.querySelector(".o-mail-Message-body");
    const mail = [...body.querySelectorAll("*")].find(each => each.shadowRoot);
    const parts = mail ? [...mail.shadowRoot.children] : [body];
    return {
        author: message.querySelector(".o-mail-Message-author").innerText.trim(),
        note: body.classList.contains("o-note"),
        text: parts.map(each => each.innerText).join(""),
    };
})
"""
"""The conversation, newest first. A mail has a document of its own within the page."""


class Clock:
    """Tells the hour (UTC) of one day."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 24, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def set(self, hour: int, minute: int) -> None:
        self.at = self.at.replace(hour=hour, minute=minute)


async def test_the_agent_sees_the_ticket(
    database_settings: Database,
    odoo: OdooDatabase,
    call: Call,
    as_admin: OdooSessions,
    as_agent: OdooSessions,
    chromium: Chromium,
    tmp_path: Path,
) -> None:
    await set_up(as_admin, TASK)
    a_firm(call)
    clock = Clock()
    async with place(database_settings, as_agent, clock=clock, **SECTIONS) as here:
        number, ref = await a_conversation(here, clock)
    tell_times(call, ref)

    page = chromium.open(WIDTH, HEIGHT)
    page.live_in("America/Sao_Paulo")
    log_in(page, odoo, LIA["login"])
    page.go(f"{odoo.url}/odoo/{TASK}/{ref}")
    page.wait_for(f"{BODIES}.length === 3", "the ticket and its conversation", PATIENCE)
    page.wait_for("[...document.images].every(each => each.complete)", "the pictures of people")
    keep(page.picture(), tmp_path)

    # What matters at first sight.
    title = page.run("document.querySelector('[name=name] textarea').value")
    assert title == f"[{number}] URGENTE - app dá erro ao emitir nota fiscal"
    client = page.run("document.querySelector('[name=partner_id] input').value")
    assert client == "Clínica Exemplo, Marcos Teles"
    assert page.run("document.querySelectorAll('.o_priority .fa-star').length") == 3
    assert "Lia Prado" in page.text("[name=user_ids]")
    tags = page.text("[name=tag_ids]").split("\n")
    assert [tag for tag in tags if tag.strip()] == [
        "E-mail",
        "N2",
        "Suporte do Sistema – Erro / Bug crítico",
    ]
    assert "1:06" in page.text("[name=date_deadline]")

    # What is new comes first; what was said before is folded.
    description = page.text("[name=description]")
    assert description.startswith("Segue a foto da tela com o erro, continua hoje.")
    assert "Anexos: IMG_0017.png" in description
    assert "Mensagens anteriores" in description
    assert "tento emitir a nota" not in description
    assert f"Chamado: {number}" in description
    assert f"Solicitante: Marcos Teles <{CLIENT}>" in description
    assert "Solução até: 24/11/2026 13:06" in description

    # Each by who said it, and the note as a note.
    later, note, reply = page.run(BODIES)
    assert (later["author"], later["note"]) == ("Marcos Teles", False)
    assert "No outro, continua o erro 500." in later["text"]
    assert "Recebemos a sua mensagem" not in later["text"]
    assert (note["author"], note["note"]) == ("Central Intake", True)
    assert "o erro 500 vem do servidor" in note["text"]
    assert (reply["author"], reply["note"]) == ("Central Intake", False)
    assert f"abrimos o chamado {number}" in reply["text"]

    # Its files are a click away, and so is what was said before.
    page.run("document.querySelector('.o-mail-Chatter-attachFiles').click()")
    file = "document.querySelector('.o-mail-Chatter [title=\"IMG_0017.png\"]') !== null"
    page.wait_for(file, "the client's file")
    page.click("[name=description] summary")
    page.wait_for(
        "document.querySelector('[name=description]').innerText.includes('tento emitir a nota')",
        "what was said before",
    )


def a_firm(call: Call) -> None:
    """The owners, the client with their clinic, and names as a firm gives them."""
    for person in (PEOPLE[1], LIA):
        made = make_user(call, str(person["login"]), *AGENT_GROUPS)
        call("res.users", "write", [made], {"name": person["name"]})
    [ours] = call("res.users", "search", [("login", "=", AGENT)])
    # Its picture is made anew from its name.
    call("res.users", "write", [ours], {"name": "Central Intake", "image_1920": False})
    call("project.tags", "create", [{"name": "N2"}])
    [clinic] = call("res.partner", "create", [{"name": "Clínica Exemplo", "is_company": True}])
    marcos = {"name": "Marcos Teles", "email": CLIENT, "parent_id": clinic}
    call("res.partner", "create", [marcos])


async def a_conversation(here: Place, clock: Clock) -> tuple[str, str]:
    """The client writes, is answered, is escalated, writes again. Gives our number and Odoo's."""
    clock.set(12, 6)
    await come_in(here, (SAMPLES / "17-continuacao-do-erro.eml").read_bytes(), 1, clock)
    [row] = await rows(here.application, "SELECT number FROM tickets")
    number = str(row["number"])
    clock.set(12, 24)
    await escalate_ticket(here.application.context, number, "o erro 500 vem do servidor")
    await here.application.worker_pool.drain()
    clock.set(12, 41)
    later = mail(
        LATER,
        sender=f"Marcos Teles <{CLIENT}>",
        subject=f"Re: [{number}] URGENTE - app dá erro ao emitir nota fiscal",
        message_id="<mais-tarde@clinica-exemplo.com.br>",
    )
    await come_in(here, later, 2, clock)
    [ref] = await here.refs()
    return number, ref


def tell_times(call: Call, ref: str) -> None:
    """The journal dates what we say by the real clock. In the picture it is the test's day."""
    domain = [("model", "=", TASK), ("res_id", "=", int(ref)), ("message_type", "=", "comment")]
    reply, note = call("mail.message", "search", domain, order="id")
    call("mail.message", "write", [reply], {"date": "2026-11-24 12:06:00"})
    call("mail.message", "write", [note], {"date": "2026-11-24 12:24:00"})


async def come_in(here: Place, raw: bytes, number: int, clock: Clock) -> None:
    """A mail arrives now."""
    arrived = replace(arrival(raw, number), received_at=clock.at)
    await here.application.inbox.accept([arrived], source=SOURCE)
    await here.application.worker_pool.drain()


def log_in(page: Page, odoo: OdooDatabase, login: str) -> None:
    """As the login form would, the password being the login."""
    with httpx.Client(base_url=odoo.url, timeout=PATIENCE) as client:
        parameters = {"db": odoo.name, "login": login, "password": login}
        answer = client.post("/web/session/authenticate", json={"params": parameters})
        assert answer.json()["result"]["username"] == login
        page.set_cookie(odoo.url, "session_id", client.cookies["session_id"])


def keep(picture: bytes, folder: Path) -> None:
    """In the test's folder, and where the environment asks for it."""
    assert picture.startswith(b"\x89PNG")
    (folder / "odoo-ticket.png").write_bytes(picture)
    if wanted := os.environ.get(PICTURE):
        Path(wanted).parent.mkdir(parents=True, exist_ok=True)
        Path(wanted).write_bytes(picture)
