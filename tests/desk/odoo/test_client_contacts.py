"""Who else is a ticket's client, by the addresses that a real Odoo lists, in both profiles."""

import pytest

from intake.desk.odoo.client_contacts import contacts_of_tickets
from intake.desk.odoo.sessions import OdooSessions
from tests.desk.odoo.carrying import desk_of, set_up, ticket
from tests.desk.odoo.conftest import Call

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("model", ["project.task", "helpdesk.ticket"])
async def test_the_contacts_of_the_clients_company_and_nobody_else(
    as_admin: OdooSessions, as_agent: OdooSessions, call: Call, model: str
) -> None:
    await set_up(as_admin, model)
    at = f"{model.partition('.')[0]}-lua.com.br"

    def contact(**values: object) -> int:
        return int(call("res.partner", "create", [values])[0])

    clinic = contact(name=f"Clínica Lua {model}", is_company=True, email=f"contato@{at}")
    contact(name="Bia", email=f"Bia@{at}", parent_id=clinic)
    contact(name="Caio", email=f"caio.{at}@gmail.com; caio@{at}", parent_id=clinic)
    contact(name="Davi, de outra casa", email=f"davi.{at}@gmail.com")
    contact(name="Eva, que saiu", email=f"eva@{at}", parent_id=clinic, active=False)
    desk = desk_of(as_agent, model)
    known, unknown = ticket(requester=f"bia@{at}"), ticket(requester=f"ninguem@{at}")
    result = await desk.put([known, unknown], [])
    listed = frozenset({f"contato@{at}", f"bia@{at}", f"caio.{at}@gmail.com", f"caio@{at}"})
    assert result.client_contacts == {
        known.external_id: listed,
        unknown.external_id: frozenset(),
    }
    # Somebody adds a colleague at the desk; whoever looks at the desk sees it.
    contact(name="Fê", email=f"fe.{at}@gmail.com", parent_id=clinic)
    record = int(result.refs[known.external_id].ref)
    found = await contacts_of_tickets(as_agent, model, desk.profile["client"], [record])
    assert found == {record: listed | {f"fe.{at}@gmail.com"}}
