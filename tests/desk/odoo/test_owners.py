"""Owners: the roster's login is an Odoo user, and who is none is found out."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from intake.desk.odoo.desk import OdooDesk
from intake.desk.odoo.sessions import OdooSessions
from intake.desk.odoo.users import FRESH, Users
from intake.ports.desk import DeskRef, DeskTicket, PutResult
from intake.settings.database import Database
from tests.application import mail, rows, take_in
from tests.desk.odoo.carrying import Found, desk_of, set_up, ticket
from tests.desk.odoo.conftest import Call, make_user
from tests.desk.odoo.office_with_odoo import TASK, place

pytestmark = pytest.mark.servers
HELPDESK = "helpdesk.ticket"


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


BOTH = pytest.mark.parametrize("model", [TASK, HELPDESK])


@BOTH
async def test_a_ticket_of_an_unknown_owner_stands_there_without_one(
    model: str, as_agent: OdooSessions, as_admin: OdooSessions, call: Call, ana: int
) -> None:
    await set_up(as_admin, model)
    desk = desk_of(as_agent, model)
    known, unknown, nobody = ticket(owner="ana.n0"), ticket(owner="edu.x"), ticket(owner=None)
    put = await desk.put([known, unknown, nobody], [])
    found = Owners(call, desk)
    assert [found.of(put.refs[each.external_id]) for each in (known, unknown, nobody)] == [
        ana,
        None,
        None,
    ]
    assert put.strangers == {"edu.x"}
    assert not put.refused


@BOTH
async def test_whoever_was_deleted_in_odoo_a_moment_ago_is_unknown(
    model: str, as_agent: OdooSessions, as_admin: OdooSessions, call: Call, ana: int
) -> None:
    await set_up(as_admin, model)
    now = [0.0]
    desk = desk_of(as_agent, model, clock=lambda: now[0])
    found = Owners(call, desk)
    gone = make_user(call, f"saiu.{model}", "base.group_user")
    theirs, of_ana = ticket(owner=f"saiu.{model}"), ticket(owner="ana.n0")
    first = await desk.put([theirs, of_ana], [])
    assert found.of(first.refs[theirs.external_id]) == gone
    call("res.users", "unlink", [gone])
    now[0] += 2
    new = ticket(owner=f"saiu.{model}")
    handed_over = given_to(of_ana, first, f"saiu.{model}")
    second = await desk.put([new, handed_over], [])
    assert not second.refused
    assert second.strangers == {f"saiu.{model}"}
    assert found.of(second.refs[new.external_id]) is None
    assert found.of(second.refs[of_ana.external_id]) is None
    now[0] += 2
    await desk.put([given_to(of_ana, first, "ana.n0")], [])
    assert found.of(first.refs[of_ana.external_id]) == ana


async def test_the_first_level_stands_in_by_the_rosters_own_choice(
    as_agent: OdooSessions, as_admin: OdooSessions, call: Call, database_settings: Database
) -> None:
    await set_up(as_admin, TASK)
    ids = {login: make_user(call, login, "base.group_user") for login in ("bel.n0", "cau.n0")}
    away = {"first": "2026-11-20", "last": "2026-11-30"}
    people = [
        {"login": "ana.n0", "name": "Ana", "levels": ["N0"], "absence": [away]},
        {"login": "bel.n0", "name": "Bel", "levels": ["N0"]},
        {"login": "cau.n0", "name": "Cau", "levels": ["N0"]},
        {"login": "gil.x", "name": "Gil", "levels": ["N0"]},
    ]
    at = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
    async with place(
        database_settings, as_agent, clock=lambda: at, roster={"person": people}
    ) as here:
        for n in range(4):
            raw = mail(sender=f"Bia <{uuid4().hex}@exemplo.com.br>", message_id=f"<{uuid4()}@x>")
            await take_in(here.application, raw, first=10 * n + 1)
        owners = await rows(here.application, "SELECT owner FROM tickets ORDER BY id")
        assert [row["owner"] for row in owners] == ["bel.n0", "cau.n0", "bel.n0", "cau.n0"]
        refs = await here.refs()
    found = Found(call, TASK)
    assert [found.record(ref, "user_ids")["user_ids"] for ref in refs] == [
        [ids["bel.n0"]],
        [ids["cau.n0"]],
    ] * 2
    [said] = about_owners(found, refs[2])
    assert "gil.x é responsável por este chamado, mas não é usuário ativo" in said["body"]
    assert "ficou com bel.n0" in said["body"]
    assert said["is_internal"]
    assert not about_owners(found, refs[0])


async def test_where_odoo_knows_nobody_of_the_roster_nobody_owns_it(
    as_agent: OdooSessions, as_admin: OdooSessions, call: Call, database_settings: Database
) -> None:
    await set_up(as_admin, TASK)
    people = [{"login": login, "name": login, "levels": ["N0"]} for login in ("gil.x", "hei.x")]
    async with place(database_settings, as_agent, roster={"person": people}) as here:
        await take_in(here.application, mail())
        [ref] = await here.refs()
    found = Found(call, TASK)
    assert not found.record(ref, "user_ids")["user_ids"]
    assert [each["body"].count("ficou") for each in about_owners(found, ref)] == [1, 1]
    assert "ficou sem responsável" in about_owners(found, ref)[-1]["body"]


@dataclass
class Owners:
    """Whom Odoo shows as a ticket's owner."""

    call: Call
    desk: OdooDesk

    def of(self, ref: DeskRef) -> int | None:
        profile = self.desk.profile
        field = profile["owner"]
        value = Found(self.call, profile.model).record(ref.ref, field)[field]
        return int(value[0]) if value else None


def given_to(one: DeskTicket, put: PutResult, login: str) -> DeskTicket:
    """The ticket as it is after that put, handed to somebody else."""
    at = put.refs[one.external_id]
    changed = frozenset({"owner"})
    return replace(one, ref=at.ref, url=at.url, owner=login, changed=changed)


def about_owners(found: Found, ref: str) -> list[dict[str, Any]]:
    return [each for each in found.messages(ref) if "é responsável" in each["body"]]
