"""Owners: the roster's login is an Odoo user, and who is none is found out."""

from dataclasses import replace

import pytest

from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.users import FRESH, Users
from tests.desk.odoo.carrying import Found, desk_of, set_up, ticket
from tests.desk.odoo.conftest import Call, make_user

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def ana(call: Call) -> int:
    return make_user(call, "ana.n0", "base.group_user")


@pytest.fixture(scope="module")
def edu(call: Call) -> int:
    return make_user(call, "Edu.N1@r3izzy.com.br", "base.group_user")


async def test_a_login_is_found_in_any_case_of_letters(
    as_agent: OdooSessions, ana: int, edu: int
) -> None:
    found = await Users(as_agent).ids_of(["ana.n0", "edu.n1@R3izzy.com.br", "ana_n0", "%", ""])
    assert found == {
        "ana.n0": ana,
        "edu.n1@R3izzy.com.br": edu,
        "ana_n0": None,
        "%": None,
        "": None,
    }


async def test_whoever_is_archived_or_a_client_is_no_owner(
    as_agent: OdooSessions, call: Call
) -> None:
    gone = make_user(call, "foi.embora", "base.group_user")
    make_user(call, "cliente", "base.group_portal")
    now = [0.0]
    users = Users(as_agent, clock=lambda: now[0])
    assert await users.id_of("foi.embora") == gone
    call("res.users", "write", [gone], {"active": False})
    assert await users.id_of("foi.embora") == gone
    now[0] += FRESH + 1
    assert await users.id_of("foi.embora") is None
    assert await users.id_of("cliente") is None


@pytest.mark.parametrize("model", ["project.task", "helpdesk.ticket"])
async def test_a_ticket_of_an_unknown_owner_falls_to_n0(
    model: str, as_agent: OdooSessions, as_admin: OdooSessions, call: Call, ana: int
) -> None:
    await set_up(as_admin, model)
    found = Found(call, model)
    desk = desk_of(as_agent, model)
    desk.triage = lambda: ["de.ferias", "ana.n0"]
    known, unknown, nobody = ticket(owner="ana.n0"), ticket(owner="edu.x"), ticket(owner=None)
    refs = (await desk.put([known, unknown, nobody], [])).refs
    field = desk.profile["owner"]

    def owner_of(ref: str) -> int | None:
        value = found.record(ref, field)[field]
        return value[0] if value else None

    owners = [owner_of(refs[each.external_id].ref) for each in (known, unknown, nobody)]
    assert owners == [ana, ana, None]
    [said] = about_owners(found, refs[unknown.external_id].ref)
    assert "edu.x é responsável por este chamado, mas não é usuário ativo do Odoo" in said["body"]
    assert "ficou com ana.n0" in said["body"]
    assert said["is_internal"]
    assert not about_owners(found, refs[known.external_id].ref)
    later = replace(
        known,
        ref=refs[known.external_id].ref,
        url=refs[known.external_id].url,
        owner="edu.y",
        changed=frozenset({"owner"}),
    )
    await desk.put([later], [])
    [said] = about_owners(found, refs[known.external_id].ref)
    assert "edu.y é responsável" in said["body"]


def about_owners(found: Found, ref: str) -> list[dict[str, object]]:
    return [each for each in found.messages(ref) if "é responsável" in each["body"]]
