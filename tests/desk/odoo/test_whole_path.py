"""From a client's mail to a scheduled task in Odoo and back, with the real daemon between."""

import asyncio
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from intake.desk.odoo.odoorpc_client import OdoorpcSession
from intake.desk.odoo.rpc import Login
from tests.daemon.workplace import Workplace, workplace
from tests.desk.odoo.carrying import Found, set_up
from tests.desk.odoo.conftest import AGENT_GROUPS, Call, login_of, make_user, sessions
from tests.desk.odoo.workplace import (
    PASSWORDS,
    PEOPLE,
    RULES,
    answers,
    mailboxes,
    odoo_desk,
    quiet,
)
from tests.servers.dovecot import Dovecot
from tests.servers.odoo import OdooDatabase
from tests.servers.process import wait_until
from tests.servers.scripted_smtp import ScriptedSmtp

pytestmark = pytest.mark.servers

TASK = "project.task"
CLIENT = "bia@clinicasol.com.br"
PATIENCE = 30.0
"""Seconds within which a change in Odoo must be known."""


@pytest.fixture(scope="module")
def prepared(odoo: OdooDatabase, call: Call, agent: Login) -> Call:
    """An Odoo with the project, the owner, and the client with her clinic."""

    async def prepare() -> None:
        async with sessions(login_of(odoo)) as as_admin:
            await set_up(as_admin, TASK)

    asyncio.run(prepare())
    make_user(call, "edu.n1", *AGENT_GROUPS)
    [clinic] = call("res.partner", "create", [{"name": "Clínica Sol", "is_company": True}])
    bia = {"name": "Bia Souza", "email": CLIENT, "parent_id": clinic}
    call("res.partner", "create", [bia])
    return call


@pytest.fixture
def place(
    odoo: OdooDatabase,
    prepared: Call,
    dovecot: Dovecot,
    mailbox: str,
    scripted_smtp: ScriptedSmtp,
) -> Iterator[Workplace]:
    with workplace() as made:
        (made.folder / "regras.toml").write_text(RULES)
        made.write(
            quiet('file = "regras.toml"')
            + PEOPLE
            + mailboxes(dovecot, mailbox)
            + answers(scripted_smtp.port)
            + odoo_desk(odoo)
        )
        daemon = made.started(PASSWORDS)
        yield made
        print(daemon.log())


def letter(text: str, number: int, **headers: str) -> EmailMessage:
    """From the client."""
    message = EmailMessage()
    message["From"] = f"Bia Souza <{CLIENT}>"
    message["To"] = "suporte@r3izzy.com.br"
    message["Subject"] = "App travando"
    message["Message-ID"] = f"<{number}@clinicasol.com.br>"
    message["Date"] = "Tue, 24 Nov 2026 10:00:00 -0300"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def test_the_whole_path(
    place: Workplace,
    dovecot: Dovecot,
    mailbox: str,
    scripted_smtp: ScriptedSmtp,
    odoo: OdooDatabase,
    prepared: Call,
) -> None:
    found = Found(prepared, TASK)
    request = letter("Bom dia, o app travou ao emitir a nota. É urgente!", 1)
    request.add_attachment(b"\x89PNG tela", maintype="image", subtype="png", filename="tela.png")
    dovecot.append(mailbox, request.as_bytes())

    # The client is answered.
    wait_until(lambda: acknowledgement(scripted_smtp), "the acknowledgement is sent")
    acknowledged = acknowledgement(scripted_smtp)
    assert acknowledged is not None

    # The task stands in Odoo.
    wait_until(lambda: shown(place)["desk_url"], "the ticket is in Odoo")
    ticket = shown(place)
    ref = ticket["desk_url"].rpartition("/")[2]
    assert ticket["desk_url"] == f"{odoo.url}/odoo/{TASK}/{ref}"
    assert ticket["number"] in acknowledged["Subject"]
    row = found.record(
        ref, "name", "partner_id", "priority", "tag_ids", "user_ids", "stage_id", "description"
    )
    assert row["name"] == f"[{ticket['number']}] App travando"
    assert row["partner_id"][1].endswith("Bia Souza")
    assert row["priority"] == "3"
    assert row["stage_id"][1] == "Novo"
    assert "o app travou ao emitir a nota" in row["description"]
    assert found.names("project.tags", row["tag_ids"]) == [
        "E-mail",
        "N1",
        "Suporte do Sistema – Erro / Bug crítico",
    ]
    assert found.names("res.users", row["user_ids"]) == ["Edu.N1"]
    wait_until(lambda: len(found.files(ref)) == 2, "the files are in Odoo")
    assert {file["name"] for file in found.files(ref)} >= {"tela.png"}

    # The owner schedules it.
    edu = OdoorpcSession(login_of(odoo, "edu.n1"), timeout=60)
    [scheduled] = prepared(
        "project.task.type", "search", [("name", "=", "Agendado"), ("user_id", "=", False)]
    )
    edu.call(
        TASK,
        "write",
        [[int(ref)], {"stage_id": scheduled, "date_deadline": "2026-12-01 18:00:00"}],
        {},
    )
    wait_until(lambda: shown(place)["stage"] == "scheduled", "the change is known", PATIENCE)
    ticket = shown(place)
    assert ticket["deadline"] == "2026-12-01T18:00:00+00:00"
    assert ticket["client"].endswith("Bia Souza")

    # The client answers.
    headers = {"In_Reply_To": str(acknowledged["Message-ID"])}
    dovecot.append(mailbox, letter("Voltou a travar agora.", 2, **headers).as_bytes())
    wait_until(
        lambda: any("Voltou a travar" in each["body"] for each in found.messages(ref)),
        "the answer is on the task",
    )
    assert found.of_external_ids() == 1
    [said] = [each for each in found.messages(ref) if "Voltou a travar" in each["body"]]
    assert CLIENT in said["email_from"]
    assert said["author_id"][1].endswith("Bia Souza")
    assert found.record(ref, "stage_id", "date_deadline") == {
        "id": int(ref),
        "stage_id": [scheduled, "Agendado"],
        "date_deadline": "2026-12-01 18:00:00",
    }

    # The journal tells the same story.
    ticket = shown(place)
    told = {
        "channel": "email",
        "sender": CLIENT,
        "request_type": "bug",
        "priority": "high",
        "level": "N1",
        "owner": "edu.n1",
        "stage": "scheduled",
        "messages": 2,
        "closed_at": None,
    }
    assert {name: ticket[name] for name in told} == told
    assert ticket["acknowledged_at"] is not None
    assert prepared("mail.mail", "search_count", []) == 0, "Odoo sends no mail because of us"


def acknowledgement(smtp: ScriptedSmtp) -> EmailMessage | None:
    """What the client got first."""
    got = [each.message for each in smtp.received if CLIENT in each.recipients]
    return got[0] if got else None


def shown(place: Workplace) -> dict[str, Any]:
    """The one ticket, as `intake tickets --json` shows it."""
    found = place.tickets()
    assert len(found) <= 1
    return found[0] if found else {"desk_url": None, "stage": None}
