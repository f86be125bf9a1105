"""`intake doctor` on a real Odoo: each thing that is wrong is one line that says what to do."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.desk.odoo.checkup import examine
from intake.desk.odoo.rpc import Login
from intake.desk.odoo.sessions import OdooSessions
from intake.settings.desk import Odoo
from tests.desk.odoo.conftest import AGENT, Call, login_of, make_user
from tests.desk.odoo.firm import PEOPLE, Firm
from tests.servers.odoo import OdooDatabase
from tests.servers.odoo_front import BAD_GATEWAY, OdooFront
from tests.servers.process import free_port

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def prepared(
    tmp_path_factory: pytest.TempPathFactory, odoo: OdooDatabase, agent: Login, call: Call
) -> Login:
    """Set up for both models, with the roster's one person."""
    make_user(call, "ana.n0", "base.group_user")
    for model in ("project.task", "helpdesk.ticket"):
        firm = Firm(tmp_path_factory.mktemp("setup"), login_of(odoo))
        firm.write(profile=model)
        assert firm.intake("odoo", "setup", "--apply").returncode == 0
    return agent


@pytest.fixture
def firm(tmp_path: Path, prepared: Login, journal_url: str) -> Firm:
    return Firm(tmp_path, prepared, journal_url)


@pytest.mark.parametrize("model", ["project.task", "helpdesk.ticket"])
def test_an_agent_has_all_that_it_needs(firm: Firm, model: str, odoo: OdooDatabase) -> None:
    firm.write(profile=model)
    said = firm.doctor()
    assert said["desk"] == f"✓ Odoo 19.0 at {odoo.url}, database {odoo.name}, as {AGENT}"
    assert all(each.startswith("✓") for each in said.values())
    assert said["desk tickets"] == "✓ the rights are there"
    assert "administrators only" in said["desk who changed what"]
    assert said["desk place"].endswith("“Central de Ajuda” with its 5 stages")
    assert said["desk users"] == "✓ all 1 of the roster"
    assert said["desk clock"] == "✓ agrees with ours"


def test_everything_that_is_wrong_at_once(firm: Firm, call: Call) -> None:
    stranger = '[[roster.person]]\nlogin = "de.fora"\nname = "X"\nlevels = ["N1"]\n'
    firm.write(
        people=PEOPLE + stranger,
        create_contacts=True,
        project="Outra Central",
        fields={"number": "x_no_such", "level": "date_deadline", "received_at": "create_date"},
        more='[[sla.type]]\nid = "holerite"\nlabel = "Holerite"\nlevel = "N1"\n'
        'first_response = "1h útil"\nresolution = "2 dias úteis"\n',
    )
    said = firm.doctor()
    for what, advice in {
        "desk new contacts": "may not create res.partner: give the user the right Contact",
        "desk place": "a project “Outra Central” that the user may see; run intake odoo setup",
        "desk users": "de.fora of the roster is no active user of Odoo",
    }.items():
        assert said[what].startswith("✗ ")
        assert advice in said[what]
    lines = [line for line in firm.intake("doctor").stdout.splitlines() if "desk fields" in line]
    assert len(lines) == 3
    assert "project.task has no field x_no_such for number: look at [odoo.fields]" in lines[0]
    assert "date_deadline is of the type datetime, but level needs char or html or text" in lines[1]
    assert "create_date, for received_at, cannot be written" in lines[2]
    assert said["desk"].startswith("✓ ")


def test_a_stage_that_somebody_took_away(firm: Firm, call: Call) -> None:
    [container] = call("project.project", "search", [("name", "=", "Central de Ajuda")])
    ours = [("name", "=", "Cancelado"), ("project_ids", "in", [container])]
    [stage] = call("project.task.type", "search", ours)
    call("project.task.type", "write", [stage], {"project_ids": [(3, container)]})
    try:
        assert firm.doctor()["desk stages"] == (
            "✗ not there: Cancelado; run intake odoo setup, which says what it would do"
        )
    finally:
        call("project.task.type", "write", [stage], {"project_ids": [(4, container)]})


def test_a_user_without_the_rights(
    tmp_path: Path, prepared: Login, odoo: OdooDatabase, call: Call
) -> None:
    make_user(call, "sem.projeto", "base.group_user")
    make_user(call, "portal", "base.group_portal")
    said = Firm(tmp_path, login_of(odoo, "sem.projeto")).doctor()
    assert "may not create project.task, write project.task" in said["desk tickets"]
    assert "give the user the group Project / User" in said["desk tickets"]
    assert said["desk messages and notes"].startswith("✓ ")
    said = Firm(tmp_path, login_of(odoo, "portal")).doctor()
    assert "make the user an internal one" in said["desk attachments"]


def test_wrong_logins_and_an_odoo_that_is_away(firm: Firm, front: OdooFront) -> None:
    firm.write(password={"env": "NO_SUCH_VARIABLE"})
    assert firm.doctor()["desk"].endswith("environment variable NO_SUCH_VARIABLE is not set")
    firm.write(user="ninguem")
    assert "user ninguem or the password is wrong" in firm.doctor()["desk"]
    port = free_port()
    firm.write(url=f"http://127.0.0.1:{port}")
    assert "Connection refused" in firm.doctor()["desk"]
    firm.write(url="http://no-such-host.invalid")
    assert firm.doctor()["desk"].startswith("✗ http://no-such-host.invalid")
    front.answer_always(BAD_GATEWAY)
    firm.write(url=front.url)
    assert "HTTP 502 Bad Gateway" in firm.doctor()["desk"]


def test_the_desk_is_examined_without_a_journal(tmp_path: Path, prepared: Login) -> None:
    nowhere = f"postgresql://127.0.0.1:{free_port()}/journal"
    firm = Firm(tmp_path, prepared, nowhere)
    done = firm.intake("doctor")
    assert "✗ journal" in done.stdout
    assert "✓ desk place" in done.stdout


@pytest.mark.parametrize(("seconds", "said"), [(-300, "ahead of"), (300, "behind"), (2, "")])
async def test_clocks_that_differ(
    prepared: Login, as_agent: OdooSessions, seconds: int, said: str
) -> None:
    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=seconds)

    odoo = Odoo(url=prepared.url, database=prepared.database, user=prepared.user)
    found = await examine(as_agent, odoo, tags=(), logins=(), clock=clock)
    [checked] = [each for each in found if each.what == "desk clock"]
    assert checked.well is not bool(said)
    if said:
        assert f"s {said} ours: set both by NTP" in checked.detail


async def test_a_password_in_clear(prepared: Login, as_agent: OdooSessions) -> None:
    away = Odoo(url="http://odoo.exemplo.com.br", database="x", user="y")
    found = await examine(as_agent, away, tags=(), logins=(), clock=lambda: datetime.now(UTC))
    [checked] = [each for each in found if each.what == "desk transport"]
    assert not checked.well
    assert "write https:// in the url" in checked.detail
