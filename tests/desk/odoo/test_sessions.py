"""Calls to a real Odoo, and what becomes of them when it is away, slow or in a bad mood."""

import asyncio
import contextlib
import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from intake.desk.odoo.connect import connecting
from intake.desk.odoo.odoorpc_client import OdoorpcSession
from intake.desk.odoo.rpc import Login, OdooAway, OdooBusy, OdooLoginRefused, OdooRefused
from intake.desk.odoo.sessions import OdooSessions
from intake.settings.desk import Odoo
from tests.desk.odoo.conftest import Call, login_of, make_user, sessions
from tests.servers.certificates import make_certificates
from tests.servers.odoo import OdooDatabase, OdooServer
from tests.servers.odoo_front import (
    BAD_GATEWAY,
    CUT,
    EMPTY,
    LOST,
    NOT_JSON_RPC,
    OWN_PAGE,
    SILENT,
    Answer,
    OdooFront,
    running_odoo_front,
)
from tests.servers.process import wait_until

pytestmark = pytest.mark.servers


async def test_who_we_are_and_what_it_is(as_agent: OdooSessions, call: Call) -> None:
    assert (await as_agent.version()).startswith("19.0")
    me = await as_agent.user_id()
    assert call("res.users", "read", [me], ["login"]) == [{"id": me, "login": "intake"}]


async def test_a_wrong_password(odoo: OdooDatabase) -> None:
    async with sessions(login_of(odoo, "admin", "errada")) as wrong:
        with pytest.raises(OdooLoginRefused, match="user admin or the password is wrong") as error:
            await wrong.version()
    assert "errada" not in str(error.value)


async def test_a_wrong_database(odoo: OdooDatabase) -> None:
    async with sessions(login_of(OdooDatabase(odoo.url, "desk_of_nobody"))) as wrong:
        with pytest.raises((OdooAway, OdooLoginRefused), match="desk_of_nobody"):
            await wrong.version()


async def test_an_api_key_stands_for_the_password(odoo: OdooDatabase, agent: Login) -> None:
    key = new_api_key(odoo, agent)
    async with sessions(login_of(odoo, agent.user, key)) as with_key:
        assert await with_key.call("res.users", "search_count", [("login", "=", agent.user)]) == 1


def new_api_key(odoo: OdooDatabase, login: Login) -> str:
    """As a person makes one in the browser: Preferences, Account Security, password once more."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def post(path: str, **params: Any) -> Any:
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(
            odoo.url + path, body, {"Content-Type": "application/json"}
        )
        with browser.open(request, timeout=60) as answer:
            return json.load(answer)["result"]

    def do(model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        path = f"/web/dataset/call_kw/{model}/{method}"
        return post(path, model=model, method=method, args=args, kwargs=kwargs)

    who = {"db": odoo.name, "login": login.user, "password": login.password}
    post("/web/session/authenticate", **who)
    wizard = do("res.users.apikeys.description", "create", {"name": "intake", "duration": "1"})
    check = do("res.users.apikeys.description", "make_key", [wizard])
    secret = {"password": login.password}
    do("res.users.identitycheck", "write", [check["res_id"]], secret)
    shown = do("res.users.identitycheck", "run_check", [check["res_id"]], context=secret)
    return str(shown["context"]["default_key"])


async def test_a_refusal_has_odoos_words_and_costs_no_new_login(
    agent: Login, odoo: OdooDatabase, front: OdooFront
) -> None:
    async with sessions(login_of(odoo, agent.user, url=front.url)) as through:
        await through.version()
        before = len(front.paths)
        with pytest.raises(OdooRefused, match="not allowed to create") as refused:
            await through.call("res.partner", "create", [{"name": "Zé"}])
        assert refused.value.is_missing_right
        with pytest.raises(OdooRefused, match="Invalid field") as refused:
            await through.call("res.partner", "search_read", [("no_such", "=", 1)], ["name"])
        assert not refused.value.is_missing_right
        assert await through.call("res.users", "search_count", [("login", "=", "intake")]) == 1
        assert len(front.paths) == before + 3


@pytest.mark.parametrize(
    "answer",
    [
        BAD_GATEWAY,
        Answer(500, b"<h1>Internal Server Error</h1>"),
        Answer(503, b""),
        Answer(404, b"<h1>Not Found</h1>"),
        OWN_PAGE,
        EMPTY,
        NOT_JSON_RPC,
        Answer(200, b"\xff\xfe\x00", "application/json"),
        Answer(200, b"[1, 2]", "application/json"),
        Answer(200, b'"text"', "application/json"),
        Answer(200, b'{"jsonrpc": "2.0", "error": "text"}', "application/json"),
        Answer(200, b'{"jsonrpc": "2.0", "error": {"message": "x"}}', "application/json"),
        CUT,
    ],
)
async def test_what_is_not_odoos_answer_is_an_odoo_that_is_away(
    odoo: OdooDatabase, front: OdooFront, answer: Answer
) -> None:
    async with sessions(login_of(odoo, url=front.url)) as through:
        await through.version()
        front.answer_always(answer)
        for _ in range(3):
            with pytest.raises(OdooAway, match=front.url):
                await through.call("res.users", "search_count", [])
        front.answer_always(None)
        assert await through.call("res.users", "search_count", [("login", "=", "admin")]) == 1


async def test_tls_is_checked(odoo: OdooDatabase, tmp_path: Path) -> None:
    certificates = make_certificates(tmp_path / "private")
    with running_odoo_front(odoo.url, certificates) as front:
        login = login_of(odoo, url=front.url)
        async with sessions(login) as mistrusting:
            with pytest.raises(OdooAway, match="for a private CA give ca_file"):
                await mistrusting.version()
        async with sessions(login, ca_file=certificates.ca) as trusting:
            assert (await trusting.version()).startswith("19.0")
        async with sessions(login, ca_file=tmp_path / "gone.pem") as without:
            with pytest.raises(OdooAway, match=r"gone\.pem"):
                await without.version()


async def test_a_silence_ends_with_the_timeout(odoo: OdooDatabase, front: OdooFront) -> None:
    async with sessions(login_of(odoo, url=front.url), patience=0.5) as through:
        front.answer_next(SILENT)
        with pytest.raises(OdooAway, match="timed out"):
            await through.version()
        assert len(front.paths) == 1


async def test_a_call_whose_answer_was_lost_is_not_made_twice(
    odoo: OdooDatabase, front: OdooFront, call: Call
) -> None:
    async with sessions(login_of(odoo, url=front.url)) as through:
        await through.version()
        front.answer_next(LOST)
        with pytest.raises(OdooAway):
            await through.call("res.partner", "create", [{"name": "Uma vez só"}])
    assert call("res.partner", "search_count", [("name", "=", "Uma vez só")]) == 1


async def test_no_more_calls_at_once_than_sessions(odoo: OdooDatabase, front: OdooFront) -> None:
    async with sessions(login_of(odoo, url=front.url), most=2, patience=30) as through:
        front.answer_always(SILENT)
        calls = [asyncio.create_task(through.version()) for _ in range(5)]
        await asked(front, 2)
        assert not any(each.done() for each in calls)
        front.answer_always(None)
        front.speak()
        done = await asyncio.gather(*calls, return_exceptions=True)
        # The two that were under way got the 502 that ends the silence, the others an answer.
        assert sum(isinstance(each, OdooAway) for each in done) == 2
        assert sum(isinstance(each, str) for each in done) == 3


async def asked(front: OdooFront, times: int) -> None:
    """Wait until that many requests have come."""
    what = f"{times} requests"
    await asyncio.to_thread(wait_until, lambda: len(front.paths) >= times, what)


async def test_many_callers_share_a_few_sessions(odoo: OdooDatabase, front: OdooFront) -> None:
    async with sessions(login_of(odoo, url=front.url), most=3) as through:
        names = [f"cliente {number}" for number in range(40)]
        ids = await asyncio.gather(
            *(through.call("res.partner", "create", [{"name": name}]) for name in names)
        )
        found = await asyncio.gather(
            *(through.call("res.partner", "read", each, ["name"]) for each in ids)
        )
        assert [rows[0]["name"] for rows in found] == names


async def test_only_the_first_session_logs_in(odoo: OdooDatabase, front: OdooFront) -> None:
    login = login_of(odoo, url=front.url)
    first = await asyncio.to_thread(lambda: OdoorpcSession(login, timeout=60))
    before = len(front.paths)
    more = await asyncio.to_thread(lambda: OdoorpcSession(login, timeout=60, user_id=first.user_id))
    assert await asyncio.to_thread(more.call, "res.users", "search_count", [[]], {}) > 0
    assert front.paths[before:].count("/jsonrpc") == 1
    # So Odoo need not look which databases there are.
    assert set(front.databases) == {odoo.name}


def test_a_user_who_was_made_anew_logs_in_again(odoo: OdooDatabase, call: Call) -> None:
    before = make_user(call, "volta", "base.group_user")
    call("res.users", "write", [before], {"active": False, "login": "volta.antes"})
    after = make_user(call, "volta", "base.group_user")
    session = OdoorpcSession(login_of(odoo, "volta"), timeout=60, user_id=before)
    assert session.call("res.users", "search_count", [[("login", "=", "volta")]], {}) == 1
    assert session.user_id == after


def test_a_password_that_changed_since_the_first_session_is_refused(odoo: OdooDatabase) -> None:
    session = OdoorpcSession(login_of(odoo, password="errada"), timeout=60, user_id=2)
    with pytest.raises(OdooLoginRefused):
        session.call("res.users", "search_count", [[]], {})


def test_the_daemon_s_sessions_share_one_login(odoo: OdooDatabase, front: OdooFront) -> None:
    connect = connecting(
        Odoo(url=front.url, database=odoo.name, user=odoo.user), odoo.user, odoo.password
    )
    [first, second] = [connect(), connect()]
    assert first.user_id == second.user_id
    # One looks at the version and logs in, which is two calls; the other only looks.
    assert front.paths.count("/jsonrpc") == 2


async def test_a_cancelled_call_does_not_answer_another(
    odoo: OdooDatabase, front: OdooFront
) -> None:
    async with sessions(login_of(odoo, url=front.url), most=1) as through:
        await through.version()
        before = len(front.paths)
        front.answer_next(SILENT)
        task = asyncio.create_task(through.call("res.users", "search_count", []))
        await asked(front, before + 1)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        # The session of the cancelled call is still waiting; this one does not wait for it.
        assert (await through.version()).startswith("19.0")


async def test_a_password_that_changed_is_read_anew(odoo: OdooDatabase, call: Call) -> None:
    user = make_user(call, "mudou", "base.group_user")
    logins = [login_of(odoo, "mudou")]
    changing = OdooSessions(lambda: OdoorpcSession(logins[-1], timeout=60), 2)
    assert await changing.user_id() == user
    call("res.users", "write", [user], {"password": "nova"})
    with pytest.raises(OdooLoginRefused):
        await changing.call("res.users", "search_count", [])
    logins.append(login_of(odoo, "mudou", "nova"))
    assert await changing.call("res.users", "search_count", [("id", "=", user)]) == 1
    await changing.close()


async def test_two_who_write_the_same_record_at_once(odoo: OdooDatabase) -> None:
    async with sessions(login_of(odoo), most=8) as eight:
        rows = [["central_intake.twice", "Uma só"]]
        done = await asyncio.gather(
            *(eight.call("res.partner", "load", ["id", "name"], rows) for _ in range(8)),
            return_exceptions=True,
        )
        assert any(isinstance(each, dict) and each["ids"] for each in done)
        assert all(isinstance(each, dict | OdooBusy) for each in done)
        assert await eight.call("res.partner", "search_count", [("name", "=", "Uma só")]) == 1


async def test_a_restart_in_between(odoo: OdooDatabase, odoo_server: OdooServer) -> None:
    async with sessions(login_of(odoo)) as two:
        assert await two.call("res.users", "search_count", [("login", "=", "admin")]) == 1
        odoo_server.stop()
        with pytest.raises(OdooAway, match="Connection refused"):
            await two.call("res.users", "search_count", [])
        await asyncio.to_thread(odoo_server.start)
        assert await two.call("res.users", "search_count", [("login", "=", "admin")]) == 1
