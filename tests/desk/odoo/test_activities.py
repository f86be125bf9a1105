"""To-dos in a real Odoo: one each, without a mail, and gone when they are settled."""

from collections import Counter
from datetime import date
from typing import Any, cast
from uuid import uuid4

import pytest

from intake.desk.odoo.sessions import OdooSessions
from intake.ports.desk_activities import DeskTodo
from tests.desk.odoo.carrying import Found, desk_of, set_up, ticket
from tests.desk.odoo.conftest import AGENT_GROUPS, Call, make_user

pytestmark = pytest.mark.servers
MODEL = "mail.activity"


@pytest.fixture(scope="module")
def edu(call: Call) -> int:
    made = make_user(call, "edu.n1", *AGENT_GROUPS)
    call("res.users", "write", [made], {"email": "edu.n1@r3izzy.com.br"})
    return made


def todo(ref: str, login: str = "edu.n1", *, url: str | None) -> DeskTodo:
    return DeskTodo(
        external_id=str(uuid4()),
        ticket_ref=ref,
        ticket_url=url,
        login=login,
        summary="À espera de agendamento: R3-2026-000001",
        body_html="<p>Mova para Agendado.</p>",
        due_on=date(2026, 11, 24),
    )


@pytest.mark.parametrize("model", ["project.task", "helpdesk.ticket"])
async def test_a_person_gets_one_without_a_mail_and_settling_ends_it(
    model: str, as_agent: OdooSessions, as_admin: OdooSessions, call: Call, edu: int
) -> None:
    await set_up(as_admin, model)
    desk, found = desk_of(as_agent, model), Found(call, model)
    one = ticket()
    place = (await desk.put([one], [])).refs[one.external_id]
    ref = place.ref
    wanted, stranger = todo(ref, url=place.url), todo(ref, "gil.x", url=place.url)
    followers = found.record(ref, "message_partner_ids")
    for _ in range(2):
        refused = await desk.remind([wanted, stranger])
        assert list(refused) == [stranger.external_id]

    def there() -> list[dict[str, object]]:
        domain = [("res_model", "=", model), ("res_id", "=", int(ref))]
        fields = ["user_id", "summary", "date_deadline"]
        return list(call(MODEL, "search_read", domain, fields))

    [activity] = there()
    assert activity["user_id"][0] == edu  # type: ignore[index]
    assert activity["summary"] == wanted.summary
    assert activity["date_deadline"] == "2026-11-24"
    assert found.record(ref, "message_partner_ids") == followers
    assert found.mails() == 0
    assert [
        each["notification_ids"] for each in found.messages(ref) if each["notification_ids"]
    ] == []
    call(MODEL, "action_feedback", [activity["id"]])
    await desk.remind([wanted])
    assert len(there()) == 1
    await desk.settle([wanted.external_id, stranger.external_id])
    await desk.settle([wanted.external_id])
    assert there() == []


async def test_a_ticket_that_another_desk_had_gets_none(
    as_agent: OdooSessions, call: Call, edu: int
) -> None:
    desk = desk_of(as_agent, "project.task")
    before = call(MODEL, "search_count", [])
    # From the embedded desk, and from the same Odoo's other model.
    moved = [todo(str(uuid4()), url=None), todo("1", url="https://x/odoo/helpdesk.ticket/1")]
    assert set(await desk.remind(moved)) == {each.external_id for each in moved}
    assert call(MODEL, "search_count", []) == before


class Counting:
    """Sessions, and how often each method was called on them."""

    def __init__(self, sessions: OdooSessions) -> None:
        self._sessions = sessions
        self.calls: Counter[str] = Counter()

    async def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        self.calls[f"{model} {method}"] += 1
        return await self._sessions.call(model, method, *args, **kwargs)


async def test_many_cost_no_more_calls_than_one_and_one_that_is_refused_holds_up_none(
    as_agent: OdooSessions, as_admin: OdooSessions, call: Call, edu: int
) -> None:
    await set_up(as_admin, "project.task")
    counting = Counting(as_agent)
    desk, found = desk_of(cast(OdooSessions, counting), "project.task"), Found(call, "project.task")
    placed = [(await desk.put([one], [])).refs[one.external_id] for one in (ticket(), ticket())]
    followers = [found.record(place.ref, "message_partner_ids") for place in placed]
    counting.calls.clear()
    several = [todo(place.ref, url=place.url) for place in placed for _ in range(3)]
    assert await desk.remind(several) == {}
    assert counting.calls.total() <= 6
    assert [found.record(place.ref, "message_partner_ids") for place in placed] == followers
    gone = todo("999999", url="https://odoo.exemplo.com.br/odoo/project.task/999999")
    more = [todo(placed[0].ref, url=placed[0].url), gone, todo(placed[1].ref, url=placed[1].url)]
    assert list(await desk.remind(more)) == [gone.external_id]
    refs = [int(place.ref) for place in placed]
    assert call(MODEL, "search_count", [("res_id", "in", refs), ("user_id", "=", edu)]) == 8


async def test_who_was_archived_a_moment_ago_holds_up_nobody(
    as_agent: OdooSessions, as_admin: OdooSessions, call: Call, edu: int
) -> None:
    await set_up(as_admin, "project.task")
    leaving = make_user(call, "gil.n1", *AGENT_GROUPS)
    desk, found = desk_of(as_agent, "project.task"), Found(call, "project.task")
    one = ticket()
    place = (await desk.put([one], [])).refs[one.external_id]
    followers = found.record(place.ref, "message_partner_ids")
    assert await desk.remind([todo(place.ref, "gil.n1", url=place.url)]) == {}
    call("res.users", "write", [leaving], {"active": False})
    both = [todo(place.ref, login, url=place.url) for login in ("gil.n1", "edu.n1")]
    assert both[1].external_id not in await desk.remind(both)
    domain = [("res_id", "=", int(place.ref)), ("user_id", "=", edu)]
    assert call(MODEL, "search_count", domain) == 1
    assert found.record(place.ref, "message_partner_ids") == followers
