"""`/ticket` in a real Odoo's Discuss, by people who write there over RPC as its pages do."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from intake.app.listeners import listeners
from intake.app.opening import Application, opened
from intake.desk.odoo.discuss import CHANNEL, OdooChat, channel_id
from intake.desk.odoo.layout import PROJECT
from intake.desk.odoo.odoorpc_client import OdoorpcSession
from intake.desk.odoo.rpc import Login
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.setup import carry_out, plan
from intake.ports.listener import Listener
from intake.settings.database import Database
from intake.store.tickets import TicketStore, TicketView
from tests.application import rows, settings
from tests.desk.odoo.carrying import TAGS
from tests.desk.odoo.conftest import AGENT_GROUPS, Call, login_of, make_user
from tests.desk.odoo.firm import Firm
from tests.servers.odoo import OdooDatabase

pytestmark = pytest.mark.servers

NAME = "comandos de atendimento"
LINE = '/ticket Nota não emitida cliente:"clinica boa vista" prioridade:alta nivel:N0'
DISCUSS = "[odoo.discuss]"


@pytest.fixture(scope="module")
def people(odoo: OdooDatabase, call: Call, agent: Login) -> dict[str, Call]:
    """ana is going to be a member, zeca is not; each calls as themselves."""

    def caller(login: str) -> Call:
        session = OdoorpcSession(login_of(odoo, login), timeout=60)
        return lambda model, method, *args, **kwargs: session.call(
            model, method, list(args), kwargs
        )

    for login in ("ana.n0", "zeca"):
        make_user(call, login, *AGENT_GROUPS)
    return {login: caller(login) for login in ("ana.n0", "zeca", agent.user)}


@dataclass(frozen=True, slots=True)
class Scene:
    """An office that listens to the channel."""

    application: Application
    listener: Listener
    channel: int
    call: Call
    people: dict[str, Call]

    async def listens(self) -> int:
        new = await self.listener.drain()
        await self.application.worker_pool.drain()
        return new

    def writes(self, body: str, who: str = "ana.n0", channel: int = 0) -> int:
        found: Any = self.people[who](
            CHANNEL,
            "message_post",
            [channel or self.channel],
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        return int(found[0])

    def answers(self, to: int) -> list[str]:
        """What the channel was told, in answer to that message."""
        fields = ["body", "author_id"]
        domain = [("model", "=", CHANNEL), ("parent_id", "=", to)]
        found = self.call("mail.message", "search_read", domain, fields, order="id")
        assert all(row["author_id"][1] == "Intake" for row in found)
        return [row["body"] for row in found]

    async def tickets(self) -> list[TicketView]:
        return await TicketStore(self.application.database).all()


@pytest.fixture
async def scene(
    agent: Login,
    as_admin: OdooSessions,
    call: Call,
    people: dict[str, Call],
    database_settings: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Scene]:
    """Opened as the daemon opens it, with a channel that setup has made."""
    monkeypatch.setenv("ODOO_TEST_PASSWORD", agent.password)
    # What an earlier test wrote within the hour would be heard as well.
    taken = call(CHANNEL, "search_count", [("name", "=like", f"{NAME}%")])
    name = f"{NAME} {taken}" if taken else NAME
    made = settings(
        database_settings,
        desk={"backend": "odoo"},
        odoo={
            "url": agent.url,
            "database": agent.database,
            "user": agent.user,
            "password": {"env": "ODOO_TEST_PASSWORD"},
            "discuss": {"channel": name},
        },
        replies={"backend": "maildir", "outbox": str(tmp_path / "out")},
    )
    wanted = await plan(as_admin, PROJECT, made.odoo.project, TAGS, made.odoo)
    await carry_out(as_admin, wanted)
    [channel] = call(CHANNEL, "search", [("name", "=", name)])
    people["ana.n0"](CHANNEL, "channel_join", [channel])
    async with opened(made) as application:
        [listener] = listeners(
            made,
            intake=application.inbox,
            tokens=application.tokens,
            progress=application.metrics,
            clock=application.context.clock,
            room=application.room,
        )
        await listener.drain()
        yield Scene(application, listener, channel, call, people)


async def test_a_member_opens_a_ticket_and_is_answered_once(scene: Scene, tmp_path: Path) -> None:
    [clinic] = scene.call(
        "res.partner",
        "create",
        [{"name": "Clínica Boa Vista", "is_company": True, "email": "boa@vista.com.br"}],
    )
    sent = scene.call("mail.mail", "search_count", [])
    scene.call("res.partner", "create", [{"name": "Clínica Boa Visto"}])
    line = scene.writes(LINE)
    assert await scene.listens() == 1
    [ticket] = await scene.tickets()
    [answer] = scene.answers(line)
    assert f'<a href="{ticket.desk_url}">{ticket.number}</a>' in answer
    assert "Cliente Clínica Boa Vista;" in answer
    fields = ["name", "partner_id", "priority", "description"]
    task_id = int((ticket.desk_url or "").rpartition("/")[2])
    [task] = scene.call("project.task", "read", [task_id], fields)
    assert task["name"] == f"[{ticket.number}] Nota não emitida"
    assert task["partner_id"][0] == clinic
    assert task["priority"] == "3"
    assert "por Ana.N0 (ana.n0)" in task["description"]
    assert ticket.sender == "boa@vista.com.br"
    assert len(list((tmp_path / "out").rglob("new/*"))) == 1
    # Odoo itself mails nobody; a second look, an edit and an answer that was cut off add nothing.
    assert scene.call("mail.mail", "search_count", []) == sent
    scene.call("mail.message", "write", [line], {"body": f"<p>{LINE} canal:telefone</p>"})
    async with scene.application.database.transaction() as connection:
        [reply] = await rows(
            scene.application, "SELECT uid, state FROM replies WHERE kind = 'command-opened'"
        )
        assert reply["state"] == "sent"
        await connection.execute(
            "UPDATE replies SET state = 'queued' WHERE uid = %s", [reply["uid"]]
        )
        await scene.application.context.queue.deliver(connection, [str(reply["uid"])])
    await scene.listens()
    assert len(scene.answers(line)) == 1
    assert len(await scene.tickets()) == 1
    # The same words by the same person later are another request.
    again = scene.writes(LINE)
    await scene.listens()
    assert len(scene.answers(again)) == 1
    assert len(await scene.tickets()) == 2


async def test_mistakes_strangers_and_talk(scene: Scene) -> None:
    [other] = scene.call(CHANNEL, "create", [{"name": "conversa", "channel_type": "channel"}])
    wrong = scene.writes("/ticket App prioridad:alta")
    helped = scene.writes("/ticket ajuda")
    outside = scene.writes(LINE, "zeca")
    talk = scene.writes("alguém viu o /ticket da Bia?")
    elsewhere = scene.writes(LINE, "zeca", channel=other)
    await scene.listens()
    assert ["seria “prioridade:”?" in each for each in scene.answers(wrong)] == [True]
    assert ["tipo:interno" in each for each in scene.answers(helped)] == [True]
    assert ["Só os membros" in each for each in scene.answers(outside)] == [True]
    assert scene.answers(talk) == scene.answers(elsewhere) == []
    assert await scene.tickets() == []
    # Nobody waits for ever for an answer to what was deleted.
    gone = scene.writes("/ticket ajuda")
    await scene.listener.drain()
    scene.call("mail.message", "unlink", [gone])
    await scene.application.worker_pool.drain()
    states = await rows(
        scene.application, "SELECT DISTINCT state FROM replies WHERE kind = 'command'"
    )
    assert states == [{"state": "sent"}]


def test_setup_makes_the_channel_once_and_doctor_looks_at_it(
    odoo: OdooDatabase, call: Call, agent: Login, tmp_path: Path
) -> None:
    name = "comandos da noite"
    more = f'{DISCUSS}\nchannel = "{name}"'
    firm = Firm(tmp_path, agent)
    firm.write(more=more)
    assert "no channel “comandos da noite”" in firm.doctor()["desk channel"]
    shown = firm.intake("odoo", "setup", "--user", "admin", typed=f"{odoo.password}\n").stdout
    assert f"+ channel “{name}”" in shown
    assert call(CHANNEL, "search_count", [("name", "=", name)]) == 0
    apply: tuple[str, ...] = ("odoo", "setup", "--apply", "--user", "admin")
    assert firm.intake(*apply, typed=f"{odoo.password}\n").returncode == 0
    [channel] = call(CHANNEL, "search", [("name", "=", name)])
    call(CHANNEL, "write", [channel], {"name": "outro nome"})
    mine = [("channel_id", "=", channel), ("partner_id.name", "=", "Intake")]
    call("discuss.channel.member", "unlink", call("discuss.channel.member", "search", mine))
    assert "is no member" in firm.doctor()["desk channel"]
    assert firm.intake(*apply, typed=f"{odoo.password}\n").returncode == 0
    assert firm.doctor()["desk channel"] == f"✓ “{name}”: our user is in it"
    known = [("module", "=", "central_intake"), ("model", "=", CHANNEL)]
    assert call("ir.model.data", "search_count", [*known, ("res_id", "=", channel)]) == 1


async def test_a_channel_that_is_not_there_is_waited_for(as_agent: OdooSessions) -> None:
    room = OdooChat(as_agent, "ninguém fez este canal")
    with pytest.raises(Exception, match="run intake odoo setup --apply"):
        await room.check()
    assert channel_id("São João") == "central_intake.channel_sao_joao"
