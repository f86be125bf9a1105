"""Tickets and what was said on them, as they stand in a real Odoo, in both profiles."""

from dataclasses import replace

import pytest

from intake.desk.odoo.sessions import OdooSessions
from intake.desk.port import DeskFile
from tests.desk.odoo.carrying import Files, Found, desk_of, entry, set_up, ticket
from tests.desk.odoo.conftest import AGENT, Call, make_user

MODELS = ("project.task", "helpdesk.ticket")


@pytest.fixture(params=MODELS)
async def model(request: pytest.FixtureRequest, as_admin: OdooSessions) -> str:
    await set_up(as_admin, request.param)
    return str(request.param)


@pytest.fixture
def found(call: Call, model: str) -> Found:
    return Found(call, model)


async def test_a_ticket_has_its_fields(
    model: str, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    desk = desk_of(as_agent, model)
    one = ticket(title="Não emite <nota> 🙂", tags=("nfse",))
    result = await desk.put([one], [])
    assert result.refused == {}
    ref = result.refs[one.external_id]
    assert ref.url == f"https://odoo.exemplo.com.br/odoo/{model}/{ref.ref}"
    profile = desk.profile
    row = found.record(ref.ref, *profile.fields.values())
    title = one.title if profile["number"] else f"[{one.number}] {one.title}"
    assert row[profile["title"]] == title
    assert row[profile["priority"]] == "3"
    assert row[profile["stage"]][1] == "Novo"
    assert row[profile["container"]][1] == "Central de Ajuda"
    assert not row[profile["client"]]
    assert not row[profile["owner"]]
    assert "bia@exemplo.com.br" in row[profile["requester"]]
    description = row[profile["description"]]
    assert description.index("O app trava.") < description.index(one.number)
    assert "Solução até: 24/11/2026 14:00" in description
    tags = found.names(
        {"project.task": "project.tags"}.get(model, "helpdesk.ticket.tag"), row[profile["tags"]]
    )
    assert tags == ["E-mail", "N1", "Suporte do Sistema – Erro / Bug crítico"]
    if profile["deadline"]:
        assert row[profile["deadline"]] == "2026-11-24 17:00:00"
    if profile["number"]:
        assert row[profile["number"]] == one.number
