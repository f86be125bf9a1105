"""Clients: found where exactly one contact fits, never guessed, never by an unproven address."""

import asyncio

import pytest

from intake.desk.odoo.client_tags import tags_of_clients
from intake.desk.odoo.partners import Requester, find_clients
from intake.desk.odoo.rpc import Login
from intake.desk.odoo.sessions import OdooSessions
from tests.desk.odoo.conftest import Call, login_of, sessions
from tests.servers.odoo import OdooDatabase
from tests.servers.odoo_front import OdooFront

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def contacts(call: Call) -> dict[str, int]:
    """Contacts as firms have them, by a short name."""

    def make(**values: object) -> int:
        return int(call("res.partner", "create", [values])[0])

    clinic = make(name="Clínica Sorriso", is_company=True, email="contato@sorriso.com.br")
    return {
        "clinic": clinic,
        "bia": make(name="Bia Souza", email="Bia.Souza@Sorriso.com.br", parent_id=clinic),
        "alone": make(name="Caio Prado", email="caio@exemplo.com.br", phone="(11) 98765-4321"),
        "old": make(name="Dora Lima", phone="+55 21 7654 3210"),
        "landline": make(name="Consultório", phone="(11) 3333-4444 / (11) 95555-1234"),
        "two": make(name="Eva Reis", email="eva@exemplo.com.br; eva.reis@outro.com.br"),
        "twin": make(name="Gil Um", email="gil@exemplo.com.br", phone="(31) 98888-0001"),
        "twin2": make(name="Gil Dois", email="gil@exemplo.com.br", phone="(31) 98888-0002"),
        "gone": make(name="Hugo", email="hugo@exemplo.com.br", active=False),
    }


@pytest.mark.parametrize(
    ("address", "phone", "who", "company"),
    [
        ("bia.souza@sorriso.com.br", "", "bia", "clinic"),
        ("BIA.SOUZA@SORRISO.COM.BR", "", "bia", "clinic"),
        ("contato@sorriso.com.br", "", "clinic", "clinic"),
        ("caio@exemplo.com.br", "", "alone", None),
        ("eva.reis@outro.com.br", "", "two", None),
        ("", "+5511987654321", "alone", None),
        ("", "+551187654321", "alone", None),
        ("", "+5521976543210", "old", None),
        ("", "+552176543210", "old", None),
        ("", "+551133334444", "landline", None),
        ("", "+5511955551234", "landline", None),
        ("novo@exemplo.com.br", "+5511987654321", "alone", None),
        ("gil@exemplo.com.br", "+5531988880002", "twin2", None),
        ("caio@exemplo.com.br", "+552176543210", "alone", None),
    ],
)
async def test_one_that_fits(
    as_agent: OdooSessions,
    contacts: dict[str, int],
    address: str,
    phone: str,
    who: str,
    company: str | None,
) -> None:
    asked = Requester(address=address, phone=phone)
    match = (await find_clients(as_agent, [asked]))[asked]
    assert match.partner_id == contacts[who]
    assert match.company_id == (contacts[company] if company else None)
    assert match.note_pt == ""


@pytest.mark.parametrize(
    ("address", "phone", "note"),
    [
        ("novo@exemplo.com.br", "", "Nenhum contato do Odoo tem o e-mail novo@exemplo.com.br"),
        ("hugo@exemplo.com.br", "", "Nenhum contato"),
        ("souza@sorriso.com.br", "", "Nenhum contato"),
        ("%@sorriso.com.br", "", "Nenhum contato"),
        ("", "+5511999990000", "tem o telefone +5511999990000: pergunte quem é o cliente"),
        ("", "+552187654321", "Nenhum contato"),
        ("", "+551155551234", "Nenhum contato"),
        ("gil@exemplo.com.br", "", "Vários contatos do Odoo têm o e-mail gil@exemplo.com.br"),
        ("gil@exemplo.com.br", "+5511987654321", "(Gil Um, Gil Dois)"),
        ("", "", "não traz e-mail nem telefone"),
        ("", "anonymous", "pergunte quem é o cliente"),
    ],
)
async def test_no_guess(
    as_agent: OdooSessions, contacts: dict[str, int], address: str, phone: str, note: str
) -> None:
    asked = Requester(address=address, phone=phone)
    match = (await find_clients(as_agent, [asked]))[asked]
    assert (match.partner_id, match.company_id) == (None, None)
    assert note in match.note_pt


async def test_a_message_that_failed_dmarc_is_matched_to_nobody(
    as_admin: OdooSessions, contacts: dict[str, int], call: Call
) -> None:
    forged = [
        Requester(address="caio@exemplo.com.br", trusted=False),
        Requester(address="ninguem@exemplo.com.br", trusted=False),
    ]
    before = call("res.partner", "search_count", [])
    found = await find_clients(as_admin, forged, create=True)
    assert all(match.partner_id is None for match in found.values())
    assert all("DMARC" in match.note_pt for match in found.values())
    assert call("res.partner", "search_count", []) == before


async def test_a_whole_batch_takes_two_calls(
    agent: Login, front: OdooFront, odoo: OdooDatabase, contacts: dict[str, int]
) -> None:
    unknown = [Requester(address=f"c{number}@exemplo.com.br") for number in range(40)]
    known = [
        Requester(address="caio@exemplo.com.br"),
        Requester(address="", phone="+5521976543210"),
    ]
    async with sessions(login_of(odoo, agent.user, url=front.url)) as through:
        await through.version()
        before = len(front.paths)
        found = await find_clients(through, [*unknown, *known])
        assert len(front.paths) == before + 2
    assert [found[each].partner_id for each in known] == [contacts["alone"], contacts["old"]]
    assert all(found[each].partner_id is None for each in unknown)


async def test_nobody_asked_costs_nothing(as_agent: OdooSessions) -> None:
    assert await find_clients(as_agent, []) == {}


async def test_a_contact_is_made_where_settings_and_rights_allow_it(
    as_admin: OdooSessions, call: Call
) -> None:
    asked = Requester(address="Nova@Exemplo.com.br", phone="+5511912345678", name="Nova Cliente")
    match = (await find_clients(as_admin, [asked], create=True))[asked]
    assert match.partner_id is not None
    assert "O contato foi criado a partir da mensagem" in match.note_pt
    [row] = call("res.partner", "read", [match.partner_id], ["name", "email", "phone"])
    assert (row["name"], row["email"]) == ("Nova Cliente", "nova@exemplo.com.br")
    again = (await find_clients(as_admin, [asked], create=True))[asked]
    assert (again.partner_id, again.note_pt) == (match.partner_id, "")


async def test_what_people_did_to_a_contact_of_ours_stays(
    as_admin: OdooSessions, call: Call
) -> None:
    asked = Requester(address="mudou@exemplo.com.br", name="Mudou")
    made = (await find_clients(as_admin, [asked], create=True))[asked].partner_id
    call("res.partner", "write", [made], {"email": "outro@exemplo.com.br", "name": "Outro Nome"})
    assert (await find_clients(as_admin, [asked], create=True))[asked].partner_id is None
    [row] = call("res.partner", "read", [made], ["name", "email"])
    assert (row["name"], row["email"]) == ("Outro Nome", "outro@exemplo.com.br")


async def test_without_the_right_the_ticket_says_so_and_goes_on(
    as_agent: OdooSessions, call: Call
) -> None:
    asked = Requester(address="sem.direito@exemplo.com.br", name="Sem Direito")
    match = (await find_clients(as_agent, [asked], create=True))[asked]
    assert match.partner_id is None
    assert "pergunte quem é o cliente" in match.note_pt
    assert "O contato não pôde ser criado, e o Odoo disse: You are not allowed" in match.note_pt
    assert call("res.partner", "search_count", [("email", "=", asked.address)]) == 0


async def test_one_who_writes_under_two_names_becomes_one_contact(
    as_admin: OdooSessions, call: Call
) -> None:
    names = ("Ivo", "Ivo Prado", "")
    asked = [Requester(address="ivo@exemplo.com.br", name=name) for name in names]
    found = await find_clients(as_admin, asked, create=True)
    assert len({match.partner_id for match in found.values()}) == 1
    assert call("res.partner", "search_count", [("email", "=", asked[0].address)]) == 1


async def test_two_workers_make_one_contact(as_admin: OdooSessions, call: Call) -> None:
    asked = Requester(address="gemeos@exemplo.com.br", name="Gêmeos")
    done = await asyncio.gather(
        *(find_clients(as_admin, [asked], create=True) for _ in range(4)), return_exceptions=True
    )
    assert any(isinstance(each, dict) for each in done)
    assert call("res.partner", "search_count", [("email", "=", asked.address)]) == 1


async def test_the_tags_of_a_person_and_of_their_company(
    as_agent: OdooSessions, contacts: dict[str, int], call: Call
) -> None:
    [vip, slow] = call("res.partner.category", "create", [{"name": "VIP"}, {"name": "Carnê"}])
    call("res.partner", "write", [contacts["bia"]], {"category_id": [(4, vip)]})
    call("res.partner", "write", [contacts["clinic"]], {"category_id": [(4, slow)]})
    asked = [
        Requester(address="Bia.Souza@sorriso.com.br"),
        Requester(address="", phone="+5511987654321"),
        Requester(address="ninguem@exemplo.com.br"),
        Requester(address="contato@sorriso.com.br", trusted=False),
    ]
    assert await tags_of_clients(as_agent, await find_clients(as_agent, asked)) == {
        "bia.souza@sorriso.com.br": {"VIP", "Carnê"},
        "+5511987654321": set(),
        "ninguem@exemplo.com.br": set(),
    }
