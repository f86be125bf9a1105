"""A request of an app is one ticket, with its number in the answer, for that app alone."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from intake.settings.database import Database
from tests.application import rows
from tests.apps.house import NEXT_SECRET, OTHER_SECRET, REQUEST, TOKEN, house, signed

TICKETS = "SELECT number, title, channel, sender, priority, service, description FROM tickets"


async def test_a_request_is_answered_with_its_tickets_number(database_settings: Database) -> None:
    async with house(database_settings) as desk:
        answer = await desk.opens({**REQUEST, "priority": "high", "fields": {"pedido": 77}})
        assert answer.status_code == 202, answer.text
        number = answer.json()["number"]
        assert answer.json()["status_url"] == f"http://desk.test/v1/requests/{number}"
        (ticket,) = await rows(desk.application, TICKETS)
        assert ticket["number"] == number
        assert (ticket["title"], ticket["channel"]) == ("Emitir certidão", "app")
        assert (ticket["sender"], ticket["priority"]) == ("bia@exemplo.com.br", "high")
        assert "pedido: 77" in ticket["description"]
        status = await desk.looks(number)
        assert (status.status_code, status.json()["stage"]) == (200, "new")


async def test_the_client_is_answered_by_mail_and_a_telephone_alone_by_nobody(
    database_settings: Database,
) -> None:
    async with house(database_settings) as desk:
        first = await desk.opens(REQUEST)
        await desk.opens({"title": "Retorno", "requester": {"phone": "+5511987654321"}})
        await desk.application.worker_pool.drain()
        assert [sent.recipient for sent in desk.sender.sent] == ["bia@exemplo.com.br"]
        assert first.json()["number"] in desk.sender.sent[0].subject
        assert desk.sender.sent[0].html


async def test_a_repeat_is_the_same_ticket_and_another_body_a_conflict(
    database_settings: Database,
) -> None:
    async with house(database_settings) as desk:
        first = await desk.opens(REQUEST, webhook_id="msg_same")
        again = await desk.opens(REQUEST, webhook_id="msg_same")
        other = await desk.opens({**REQUEST, "text": "Outra coisa"}, webhook_id="msg_same")
        assert again.json() == first.json()
        assert other.status_code == 409
        # Ids are each app's own.
        theirs = await desk.opens(REQUEST, webhook_id="msg_same", secret=OTHER_SECRET)
        assert theirs.json()["number"] != first.json()["number"]


async def test_many_at_once_are_as_many_tickets(database_settings: Database) -> None:
    async with house(database_settings) as desk:
        ids = [f"msg_at_once_{n % 40}" for n in range(120)]
        answers = await asyncio.gather(*(desk.opens(REQUEST, webhook_id=one) for one in ids))
        assert {answer.status_code for answer in answers} == {202}
        by_id: dict[str, set[str]] = {}
        for one, answer in zip(ids, answers, strict=True):
            by_id.setdefault(one, set()).add(answer.json()["number"])
        assert all(len(numbers) == 1 for numbers in by_id.values())
        assert len(set.union(*by_id.values())) == 40
        await desk.application.worker_pool.drain()
        assert len(await rows(desk.application, TICKETS)) == 40


async def test_only_the_app_that_opened_it_sees_a_request(database_settings: Database) -> None:
    async with house(database_settings) as desk:
        number = (await desk.opens(REQUEST)).json()["number"]
        assert (await desk.looks(number, secret=OTHER_SECRET)).status_code == 404
        for trick in ("%00", "..%2f..%2fhealthz", "%ff", "x" * 500, f"{number}%20", "%27--"):
            found = await desk.looks(trick)
            assert found.status_code == 404, trick
        # A number in a title leads nowhere: the request is a ticket of its own.
        other = await desk.opens({**REQUEST, "title": f"Re: [{number}]"}, secret=OTHER_SECRET)
        assert other.json()["number"] != number
        assert (await desk.looks(number, secret=OTHER_SECRET)).status_code == 404


async def test_secrets_while_one_is_replaced_and_a_token(database_settings: Database) -> None:
    async with house(database_settings) as desk:
        assert (await desk.opens(REQUEST, secret=NEXT_SECRET)).status_code == 202
        body = json.dumps(REQUEST).encode()
        bearer = {
            "authorization": f"Bearer {TOKEN}",
            "content-type": "application/json; charset=utf-8",
            "idempotency-key": "one",
        }
        assert (await desk.posts(body, bearer)).status_code == 202
        missing = {k: v for k, v in bearer.items() if k != "idempotency-key"}
        assert (await desk.posts(body, missing)).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "ü"},
        {"webhook-signature": ""},
        {"webhook-timestamp": "nan"},
        {"webhook-timestamp": "1e300"},
        {"webhook-id": "another"},
        {"authorization": "Bearer wrong"},
        {"authorization": "Basic eDp5"},
        {"authorization": "Bearer "},
    ],
)
async def test_what_nobody_signed_is_turned_away(
    database_settings: Database, change: dict[str, str]
) -> None:
    async with house(database_settings) as desk:
        body = json.dumps(REQUEST).encode()
        encoded = {name: value.encode() for name, value in {**signed(body), **change}.items()}
        answer = await desk.client.post("/v1/requests", content=body, headers=encoded)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert await rows(desk.application, "SELECT 1 AS one FROM messages") == []


async def test_an_old_signature_is_refused_and_says_why(database_settings: Database) -> None:
    async with house(database_settings) as desk:
        for minutes, words in ((-6, "too old"), (6, "too new")):
            at = datetime.now(UTC) + timedelta(minutes=minutes)
            answer = await desk.opens(REQUEST, at=at)
            assert answer.status_code == 401
            assert words in answer.json()["detail"]


DEEP = b'{"title":"x","fields":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001
MANY = b'{"title":"x","fields":{' + b",".join(b'"f%d":1' % n for n in range(200_000)) + b"}}"


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b"", 400, None),
        (b"[]", 422, ""),
        (b"\xff", 401, None),
        (DEEP, 400, None),
        (MANY, 422, "/fields"),
        (b'{"title":"x","title":"y"}', 400, None),
        (b'{"title":"\\ud800"}', 400, None),
        (b'{"title":"x","fields":{"n":NaN}}', 400, None),
        (b'{"title":"x","fields":{"n":' + b"9" * 5000 + b"}}", 400, None),
        (b'{"text":"x"}', 422, "/title"),
        (b'{"title":"x","colour":"blue"}', 422, "/colour"),
        (b'{"title":7}', 422, "/title"),
        (b'{"title":"x","requester":{"email":"no address"}}', 422, "/requester/email"),
        (b'{"title":"x","service":"moon"}', 422, "/service"),
        (b'{"title":"x","request_type":"moon"}', 422, "/request_type"),
        (b'{"title":"x","priority":"urgent"}', 422, "/priority"),
        (b'{"title":"x","deadline":"tomorrow"}', 422, "/deadline"),
        (b'{"title":"x","deadline":"7915-07-26T15:27:01-09:00"}', 422, "/deadline"),
        (b'{"title":"x","deadline":"0001-01-01"}', 422, "/deadline"),
        (b'{"title":"x","fields":{"a/b":"1"}}', 422, "/fields/a~1b"),
        (
            b'{"title":"x","attachments":[{"name":"a","content":"!"}]}',
            422,
            "/attachments/0/content",
        ),
        (b'{"title":"x","links":[{"url":"https://169.254.169.254/"}]}', 422, "/links/0/url"),
    ],
)
async def test_a_field_at_fault_is_named(
    database_settings: Database, body: bytes, status: int, pointer: str | None
) -> None:
    async with house(database_settings) as desk:
        if status == 401:
            answer = await desk.posts(body, signed(b"{}"))
        else:
            answer = await desk.opens(body)
        assert answer.status_code == status, answer.text
        assert answer.json()["status"] == status
        if pointer is not None:
            assert pointer in [each["pointer"] for each in answer.json()["errors"]]
        assert await rows(desk.application, "SELECT 1 AS one FROM messages") == []


async def test_sizes_and_kinds_of_bodies(database_settings: Database) -> None:
    async with house(database_settings, site={"max_request": 2000}) as desk:
        large: dict[str, Any] = {**REQUEST, "text": "x" * 3000}
        assert (await desk.opens(large)).status_code == 413
        body = json.dumps(REQUEST).encode()
        for kind in ("text/plain", "", "application/json; charset=latin-1"):
            answer = await desk.posts(body, {**signed(body), "content-type": kind})
            assert answer.status_code == 415


async def test_files_in_a_request_and_nul_in_its_text(database_settings: Database) -> None:
    content = base64.b64encode(b"%PDF-1.4 certid\xc3\xa3o").decode()
    async with house(database_settings) as desk:
        answer = await desk.opens(
            {
                **REQUEST,
                "text": "antes\u0000depois",
                "attachments": [{"name": "../pedido.pdf", "content": content}],
            }
        )
        assert answer.status_code == 202, answer.text
        (message,) = await rows(desk.application, "SELECT state, attachments FROM messages")
        assert message == {"state": "done", "attachments": 1}
        (ticket,) = await rows(desk.application, TICKETS)
        assert ticket["description"] == "antesdepois"
