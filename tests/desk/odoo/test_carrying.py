"""From the journal into a real Odoo: files, later messages, reopened tickets, and an Odoo away."""

from dataclasses import replace
from email.message import EmailMessage
from uuid import uuid4

import pytest

from intake.actions.escalate import escalate_ticket
from intake.desk.odoo.rpc import Login
from intake.desk.odoo.sessions import OdooSessions
from intake.settings.database import Database
from intake.store.tickets import change_stage
from routing.vocabulary import Stage
from tests.application import mail, rows, take_in
from tests.desk.odoo.carrying import Found, desk_of, entry, set_up, ticket
from tests.desk.odoo.conftest import Call, login_of, make_user, sessions
from tests.desk.odoo.office_with_odoo import TASK, place
from tests.servers.odoo import OdooDatabase
from tests.servers.odoo_front import BAD_GATEWAY, OdooFront

pytestmark = pytest.mark.servers


@pytest.fixture
async def found(as_admin: OdooSessions, call: Call) -> Found:
    await set_up(as_admin, TASK)
    return Found(call, TASK)


def with_file(message_id: str, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = f"Bia Souza <{uuid4().hex}@exemplo.com.br>"
    message["To"] = "suporte@r3izzy.com.br"
    message["Subject"] = "Nota com erro"
    message["Message-ID"] = message_id
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Segue a nota.")
    message.add_attachment(
        b"%PDF-1.4 nota", maintype="application", subtype="pdf", filename="nota fiscal.pdf"
    )
    return message.as_bytes()


async def test_files_and_the_mail_itself_stand_on_the_ticket(
    database_settings: Database, as_agent: OdooSessions, found: Found
) -> None:
    first = with_file(f"<{uuid4()}@x.br>")
    async with place(database_settings, as_agent) as here:
        await take_in(here.application, first)
        [ref] = await here.refs()
        [attached, original] = [each["name"] for each in found.files(ref)]
        assert attached == "nota fiscal.pdf"
        assert original.endswith(" Nota com erro.eml")
        assert found.files(ref)[1]["file_size"] == len(first)
        [reply] = [
            each
            for each in found.messages(ref)
            if each["message_type"] == "comment" and not each["is_internal"]
        ]
        assert "suporte@r3izzy.com.br" in reply["email_from"]


async def test_a_reopened_and_an_escalated_ticket(
    database_settings: Database, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    for login in ("ana.n0", "edu.n1"):
        make_user(call, login, "base.group_user")
    async with place(database_settings, as_agent) as here:
        first = f"<{uuid4()}@x.br>"
        await take_in(here.application, mail(message_id=first))
        [ref] = await here.refs()
        [row] = await rows(here.application, "SELECT number, desk_url FROM tickets")
        assert row["desk_url"].endswith(f"/odoo/project.task/{ref}")
        stages = (await desk_of(as_agent, TASK).place()).stages
        values = {"stage_id": stages[Stage.DONE], "state": "1_done", "priority": "1"}
        call(TASK, "write", [int(ref)], values)
        async with here.application.database.transaction() as connection:
            at = here.application.context.clock()
            await change_stage(connection, row["number"], Stage.DONE, at=at)
        again = mail("Voltou a travar.", message_id=f"<{uuid4()}@x.br>", In_Reply_To=first)
        await take_in(here.application, again, first=2)
        after = found.record(ref, "stage_id", "state", "priority", "name")
        assert (after["stage_id"][1], after["state"]) == ("Novo", "01_in_progress")
        assert after["priority"] == "1"
        assert await here.refs() == [ref]
        said = [each["body"] for each in found.messages(ref)]
        assert sum("Voltou a travar." in body for body in said) == 1
        await escalate_ticket(here.application.context, row["number"], "precisa do banco")
        await here.application.worker_pool.drain()
        note = found.messages(ref)[-1]
        assert "precisa do banco" in note["body"]
        assert note["is_internal"]
        tags = found.names("project.tags", found.record(ref, "tag_ids")["tag_ids"])
        assert "N1" in tags
        assert "N0" not in tags


async def test_with_odoo_away_clients_have_their_answer_and_nothing_is_lost(
    database_settings: Database, agent: Login, front: OdooFront, found: Found
) -> None:
    front.answer_always(BAD_GATEWAY)
    before = found.of_external_ids()
    async with (
        sessions(replace(agent, url=front.url)) as through_front,
        place(database_settings, through_front) as here,
    ):
        mails = [
            mail(
                f"caso {number}",
                message_id=f"<{uuid4()}@x.br>",
                sender=f"Bia <{uuid4().hex}@exemplo.com.br>",
            )
            for number in range(8)
        ]
        for number, raw in enumerate(mails):
            await take_in(here.application, raw, first=number)
        assert len(here.sender.sent) == 8
        assert await here.refs() == [None] * 8
        front.answer_always(None)
        query = "UPDATE procrastinate_jobs SET scheduled_at = NULL RETURNING 1"
        await rows(here.application, query)
        await here.application.worker_pool.drain()
        refs = await here.refs()
    assert None not in refs
    assert refs == sorted(refs, key=int)
    assert found.of_external_ids() == before + 8


async def test_a_client_in_the_portal_sees_what_was_said_and_no_note(
    as_agent: OdooSessions, found: Found, call: Call, odoo: OdooDatabase
) -> None:
    user = make_user(call, "bia.portal", "base.group_portal")
    [bia] = call("res.users", "search_read", [("id", "=", user)], ["partner_id"])
    call("res.partner", "write", [bia["partner_id"][0]], {"email": "bia.portal@x.br"})
    desk = desk_of(as_agent, TASK)
    one = ticket(requester="bia.portal@x.br")
    said = [
        entry(one, "reply", body_html="<p>Recebemos.</p>"),
        entry(one, "note", body_html="<p>Cliente em atraso.</p>"),
        entry(one, author="bia.portal@x.br", body_html="<p>Obrigada.</p>"),
    ]
    ref = (await desk.put([one], said)).refs[one.external_id].ref
    # As a firm may set it up, against our advice.
    project = (await desk.place()).container
    call("project.project", "write", [project], {"privacy_visibility": "portal"})
    call(TASK, "message_subscribe", [int(ref)], [bia["partner_id"][0]])
    async with sessions(login_of(odoo, "bia.portal")) as as_client:
        domain = [("model", "=", TASK), ("res_id", "=", int(ref))]
        seen = await as_client.call("mail.message", "search_read", domain, ["body"], order="id")
    call("project.project", "write", [project], {"privacy_visibility": "employees"})
    bodies = [each["body"] for each in seen]
    assert "<p>Recebemos.</p>" in bodies
    assert "<p>Obrigada.</p>" in bodies
    assert not any("atraso" in body for body in bodies)
