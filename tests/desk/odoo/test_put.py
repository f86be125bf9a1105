"""Tickets and what was said on them, as they stand in a real Odoo, in both profiles."""

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from intake.desk.odoo.rpc import Login, OdooAway
from intake.desk.odoo.sessions import OdooSessions
from intake.ports.desk import DeskFile, DeskUnavailable
from routing.vocabulary import Stage
from tests.desk.odoo.carrying import Files, Found, desk_of, entry, set_up, ticket
from tests.desk.odoo.conftest import AGENT, Call, make_user, sessions
from tests.servers.odoo_front import Answer, OdooFront

pytestmark = pytest.mark.servers

TAG_MODELS = {"project.task": "project.tags", "helpdesk.ticket": "helpdesk.ticket.tag"}
MODELS = tuple(TAG_MODELS)


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
    tags = found.names(TAG_MODELS[model], row[profile["tags"]])
    assert tags == ["E-mail", "N1", "Suporte do Sistema – Erro / Bug crítico"]
    if profile["deadline"]:
        assert row[profile["deadline"]] == "2026-11-24 17:00:00"
    if profile["number"]:
        assert row[profile["number"]] == one.number


async def test_a_repeat_creates_nothing_and_leaves_what_people_changed(
    model: str, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    files = Files(
        {7: [DeskFile(name="nota.pdf", content_type="application/pdf", content=b"%PDF-")]}
    )
    desk = desk_of(as_agent, model, files=files)
    one = ticket(message=7, attachments=1)
    said = [entry(one), entry(one, "note", body_html="<p>Perguntar.</p>")]
    first = await desk.put([one], said)
    ref = first.refs[one.external_id].ref
    call(model, "write", [int(ref)], {desk.profile["title"]: "Agenda", "priority": "0"})
    before = (found.messages(ref), found.files(ref), found.of_external_ids())
    # As after a crash between Odoo's commit and ours: the journal has no reference yet.
    again = await desk.put([one], said)
    assert again == first
    assert (found.messages(ref), found.files(ref), found.of_external_ids()) == before
    row = found.record(ref, desk.profile["title"], "priority")
    assert (row[desk.profile["title"]], row["priority"]) == ("Agenda", "0")


async def test_what_was_said_stands_in_order_and_by_its_author(
    model: str, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    [bia] = call("res.partner", "create", [{"name": "Bia", "email": f"bia@{model}.br"}])
    mails = found.mails()
    one = ticket(requester=f"bia@{model}.br")
    said = [
        entry(one, "reply", body_html="<p>Recebemos.</p>"),
        entry(one, author=f"bia@{model}.br"),
        entry(
            one, author="outro@exemplo.com.br", author_name='Outro "x" <y>', body_html="<p>2</p>"
        ),
        entry(one, "note", author="Central Intake", author_name="", body_html="<p>Interna.</p>"),
    ]
    result = await desk_of(as_agent, model).put([one], said)
    ref = result.refs[one.external_id].ref
    ours = call("res.users", "search_read", [("login", "=", AGENT)], ["partner_id"])[0][
        "partner_id"
    ]
    messages = [each for each in found.messages(ref) if "created" not in each["body"]]
    assert [each["author_id"] for each in messages] == [ours, [bia, "Bia"], False, ours]
    assert [each["subtype_id"][1] for each in messages] == [*["Discussions"] * 3, "Note"]
    assert [each["is_internal"] for each in messages] == [False, False, False, True]
    assert messages[2]["email_from"] == '"Outro x y" <outro@exemplo.com.br>'
    assert messages[1]["date"] == "2026-11-24 13:30:00"
    assert [each["notification_ids"] for each in messages] == [[], [], [], []]
    assert found.mails() == mails
    assert found.record(ref, desk_of(as_agent, model).profile["client"])


async def test_an_owner_is_assigned_without_a_mail_and_we_do_not_follow(
    model: str, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    login = f"edu.{model}"
    user = make_user(call, login, "base.group_user", "helpdesk_mgmt.group_helpdesk_user")
    mails = found.mails()
    one = ticket(owner=login)
    desk = desk_of(as_agent, model)
    ref = (await desk.put([one], [])).refs[one.external_id].ref
    row = found.record(ref, desk.profile["owner"], "message_partner_ids")
    owner = row[desk.profile["owner"]]
    assert user in owner if desk.profile.owners else user == owner[0]
    assert found.mails() == mails
    [ours] = call("res.users", "search_read", [("login", "=", AGENT)], ["partner_id"])
    assert ours["partner_id"][0] not in row["message_partner_ids"]
    two = ticket(owner="ninguem")
    ref = (await desk.put([two], [])).refs[two.external_id].ref
    assert not found.record(ref, desk.profile["owner"])[desk.profile["owner"]]


async def test_who_is_not_proven_is_nobody(
    model: str, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    address = f"dra@{model}.com"
    call("res.partner", "create", [{"name": "Dra. Ana", "email": address}])
    one = ticket(requester=address, trusted_sender=False)
    desk = desk_of(as_agent, model)
    said = [entry(one, author=address, trusted_author=False)]
    ref = (await desk.put([one], said)).refs[one.external_id].ref
    assert not found.record(ref, desk.profile["client"])[desk.profile["client"]]
    note, message = [each for each in found.messages(ref) if "created" not in each["body"]]
    assert "DMARC" in note["body"]
    assert note["is_internal"]
    assert message["author_id"] is False
    assert address in message["email_from"]


async def test_only_what_we_changed_is_written(
    model: str, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    login = f"gil.{model}"
    user = make_user(call, login, "base.group_user", "helpdesk_mgmt.group_helpdesk_user")
    desk = desk_of(as_agent, model)
    one = ticket()
    ref = (await desk.put([one], [])).refs[one.external_id].ref
    place = await desk.place()
    closed = {"stage_id": place.stages[Stage.DONE], "priority": "1", desk.profile["title"]: "Outra"}
    state = {desk.profile.state_field: "1_done"} if desk.profile.state_field else {}
    call(model, "write", [int(ref)], closed | state)
    due = one.first_response_due + timedelta(days=2)
    later = replace(
        one,
        ref=ref,
        url=f"https://odoo.exemplo.com.br/odoo/{model}/{ref}",
        owner=login,
        level="N0",
        first_response_due=due,
        changed=frozenset(("stage", "owner", "level", "first_response_due")),
    )
    for _ in range(2):
        assert (await desk.put([later], [])).refused == {}
    fields = [desk.profile[name] for name in ("title", "owner", "tags", "priority", "stage")]
    row = found.record(ref, *fields, *state)
    assert row[desk.profile["title"]] == "Outra"
    assert row["priority"] == "1"
    assert row["stage_id"][1] == "Novo"
    owner = row[desk.profile["owner"]]
    assert owner == [user] if desk.profile.owners else owner[0] == user
    assert row.get(desk.profile.state_field, "01_in_progress") == "01_in_progress"
    tags = found.names(TAG_MODELS[model], row["tag_ids"])
    assert tags == ["E-mail", "N0", "Suporte do Sistema – Erro / Bug crítico"]
    [note] = [each for each in found.messages(ref) if "Prazos" in each["body"]]
    assert "Primeira resposta até 26/11/2026 11:00" in note["body"]


async def test_a_ticket_that_people_deleted_is_made_anew_when_something_comes(
    model: str, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    desk = desk_of(as_agent, model)
    one = ticket()
    ref = (await desk.put([one], [])).refs[one.external_id].ref
    call(model, "unlink", [int(ref)])
    later = replace(one, ref=ref, url=f"https://odoo.exemplo.com.br/odoo/{model}/{ref}")
    result = await desk.put([later], [entry(later)])
    anew = result.refs[one.external_id].ref
    assert result.refused == {}
    assert anew != ref
    assert "E agora?" in found.messages(anew)[-1]["body"]


async def test_a_ticket_of_another_desk_is_made_and_no_other_is_touched(
    model: str, as_agent: OdooSessions, found: Found
) -> None:
    desk = desk_of(as_agent, model)
    foreign = ticket()
    ref = (await desk.put([foreign], [])).refs[foreign.external_id].ref
    before = found.messages(ref)
    embedded = ticket(ref=str(uuid4()))
    elsewhere = ticket(ref=ref, url=f"https://odoo.exemplo.com.br/odoo/x.ticket/{ref}")
    result = await desk.put([embedded, elsewhere], [entry(embedded), entry(elsewhere)])
    assert result.refused == {}
    assert len({ref, *(each.ref for each in result.refs.values())}) == 3
    assert found.messages(ref) == before


async def test_a_refused_ticket_does_not_hold_up_the_others(
    model: str, as_agent: OdooSessions, found: Found
) -> None:
    # A field that takes a number, so that Odoo has something to refuse.
    desk = desk_of(as_agent, model, fields={"service": "color"})
    batch = [ticket(service="3") for _ in range(5)]
    batch[2] = replace(batch[2], service="vermelho")
    before = found.of_external_ids()
    result = await desk.put(batch, [entry(each) for each in batch])
    bad = batch[2].external_id
    assert set(result.refs) == {each.external_id for each in batch} - {bad}
    assert list(result.refused) == [bad]
    assert "vermelho" in result.refused[bad]
    assert found.of_external_ids() == before + 4
    for each in result.refs.values():
        assert "E agora?" in found.messages(each.ref)[-1]["body"]


async def test_two_at_once_make_one(
    model: str, as_agent: OdooSessions, found: Found, agent: Login
) -> None:
    batch = [ticket() for _ in range(20)]
    before = found.of_external_ids()
    async with sessions(agent) as others:
        desks = [desk_of(as_agent, model), desk_of(others, model)]
        said = [entry(each) for each in batch]
        first, second = await asyncio.gather(*(desk.put(batch, said) for desk in desks))
    assert first == second
    assert first.refused == {}
    assert found.of_external_ids() == before + 20
    for ref in first.refs.values():
        assert len([m for m in found.messages(ref.ref) if "E agora?" in m["body"]]) == 1


async def test_what_no_database_takes_never_reaches_it(
    model: str, as_agent: OdooSessions, found: Found
) -> None:
    desk = desk_of(as_agent, model)
    one = ticket(title="a\0b\ud800c", requester_name="B\ud83d\0")
    result = await desk.put([one], [entry(one, body_html="<p>x\0\udfff</p>", author_name="\ud800")])
    assert result.refused == {}
    ref = result.refs[one.external_id].ref
    assert found.record(ref, "name")["name"].endswith("ab?c")
    assert "x?" in found.messages(ref)[-1]["body"]


async def test_files_stand_on_the_ticket_and_on_their_message(
    model: str, as_agent: OdooSessions, found: Found
) -> None:
    pdf = DeskFile(name="nota.pdf", content_type="application/pdf", content=b"%PDF-1.4 nota")
    raw = DeskFile(name="m.eml", content_type="message/rfc822", content=b"Subject: x\r\n\r\nx")
    big = DeskFile(name="tela.png", content_type="image/png", content=b"\x89PNG" + b"x" * 4_500_000)
    desk = desk_of(as_agent, model, files=Files({1: [pdf, raw], 2: [big, pdf]}))
    one = ticket(message=1, attachments=1)
    said = [entry(one, message=2, attachments=2)]
    ref = (await desk.put([one], said)).refs[one.external_id].ref
    names = [(each["name"], each["mimetype"], each["file_size"]) for each in found.files(ref)]
    assert names == [
        ("nota.pdf", "application/pdf", 13),
        ("m.eml", "message/rfc822", 15),
        ("tela.png", "image/png", 4_500_004),
        ("nota.pdf", "application/pdf", 13),
    ]
    assert len(found.messages(ref)[-1]["attachment_ids"]) == 2


async def test_the_rules_tags_are_found_or_left_out_or_made(
    model: str, as_agent: OdooSessions, as_admin: OdooSessions, found: Found, call: Call
) -> None:
    call(TAG_MODELS[model], "create", [{"name": "nfse"}])
    one = ticket(tags=("nfse", f"nunca {model}"))
    ref = (await desk_of(as_agent, model).put([one], [])).refs[one.external_id].ref
    names = found.names(TAG_MODELS[model], found.record(ref, "tag_ids")["tag_ids"])
    assert names == ["E-mail", "N1", "Suporte do Sistema – Erro / Bug crítico", "nfse"]
    two = ticket(tags=(f"nunca {model}",))
    with_rights = desk_of(as_admin, model, user="admin")
    ref = (await with_rights.put([two], [])).refs[two.external_id].ref
    names = found.names(TAG_MODELS[model], found.record(ref, "tag_ids")["tag_ids"])
    assert f"nunca {model}" in names


async def test_a_field_map_says_where_things_go(
    model: str, as_agent: OdooSessions, found: Found
) -> None:
    desk = desk_of(as_agent, model, fields={"number": "email_cc", "deadline": "", "tags": ""})
    one = ticket()
    ref = (await desk.put([one], [])).refs[one.external_id].ref
    row = found.record(ref, "name", "email_cc", "tag_ids")
    assert (row["name"], row["email_cc"], row["tag_ids"]) == (one.title, one.number, [])


async def test_without_its_place_tickets_wait(as_agent: OdooSessions) -> None:
    desk = desk_of(as_agent, "project.task", project="Outra")
    with pytest.raises(DeskUnavailable, match="run intake odoo setup"):
        await desk.put([ticket()], [])


async def test_a_tag_that_people_deleted_keeps_no_ticket_away(
    model: str, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    [tag] = call(TAG_MODELS[model], "create", [{"name": "passageira"}])
    now = 0.0
    desk = desk_of(as_agent, model, clock=lambda: now)
    await desk.put([ticket(tags=("passageira",))], [])
    call(TAG_MODELS[model], "unlink", [tag])
    now = 10.0
    one = ticket(tags=("passageira",))
    result = await desk.put([one], [])
    assert result.refused == {}
    tags = found.names(
        TAG_MODELS[model], found.record(result.refs[one.external_id].ref, "tag_ids")["tag_ids"]
    )
    assert "passageira" not in tags


@pytest.mark.parametrize("status", [413, 500])
async def test_what_odoo_falls_over_does_not_hold_up_the_others(
    model: str, found: Found, agent: Login, front: OdooFront, status: int
) -> None:
    front.choke_on(b"veneno", Answer(status, b"<html>Oops</html>"))
    async with sessions(replace(agent, url=front.url)) as through_front:
        desk = desk_of(through_front, model)
        batch = [ticket(title=f"Caso {number}") for number in range(5)]
        batch[3] = replace(batch[3], title="veneno")
        result = await desk.put(batch, [entry(each) for each in batch])
        assert list(result.refused) == [batch[3].external_id]
        assert f"HTTP {status}" in result.refused[batch[3].external_id]
        assert len(result.refs) == 4
        front.answer_always(Answer(status, b"<html>Oops</html>"))
        with pytest.raises(OdooAway):
            await desk.put([ticket()], [])


async def test_a_file_that_does_not_get_through_is_noted_on_the_ticket(
    model: str, found: Found, agent: Login, front: OdooFront
) -> None:
    bad = DeskFile(name="foto.png", content_type="image/png", content=b"veneno")
    good = DeskFile(name="nota.pdf", content_type="application/pdf", content=b"%PDF-1")
    front.choke_on(base64.b64encode(b"veneno"), Answer(413))
    async with sessions(replace(agent, url=front.url)) as through_front:
        desk = desk_of(through_front, model, files=Files({1: [bad, good]}))
        one = ticket(message=1, attachments=2)
        result = await desk.put([one], [])
        assert result.refused == {}
    ref = result.refs[one.external_id].ref
    assert [each["name"] for each in found.files(ref)] == ["nota.pdf"]
    [note] = [each for each in found.messages(ref) if "foto.png" in each["body"]]
    assert "HTTP 413" in note["body"]
    assert note["is_internal"]


async def test_a_stranger_who_writes_in_our_name_is_not_us(
    model: str, as_agent: OdooSessions, found: Found, call: Call
) -> None:
    [ours] = call("res.users", "search_read", [("login", "=", AGENT)], ["partner_id"])
    address = f"suporte@{model}.com.br"
    call("res.partner", "write", [ours["partner_id"][0]], {"email": address})
    one = ticket(requester=address)
    desk = desk_of(as_agent, model)
    ref = (await desk.put([one], [entry(one, author=address)])).refs[one.external_id].ref
    assert not found.record(ref, desk.profile["client"])[desk.profile["client"]]
    message = found.messages(ref)[-1]
    assert message["author_id"] is False
    assert message["message_type"] == "email"
