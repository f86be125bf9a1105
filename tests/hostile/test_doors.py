"""Hostile requests at every door: one plain answer each, and what is kept can be read."""

import hashlib
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from intake.settings.database import Database
from tests.application import rows
from tests.hostile.webhook_routes import (
    ENDED,
    MESSAGES,
    PLACES,
    RECORDED,
    STATUS,
    Pairs,
    house,
)
from tests.telephony.place import ACCOUNT, BIA

SID = "SM" + "7" * 32
LONG = "".join(map(str, range(3000)))
"""No index holds a key of this length."""


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, secret in PLACES.items():
        monkeypatch.setenv(name, secret)


def message(**fields: str) -> list[tuple[str, str]]:
    """A form of Twilio's, with these fields beside or instead of the usual ones."""
    usual = {"MessageSid": SID, "AccountSid": ACCOUNT, "From": BIA, "Body": "O app trava", **fields}
    return list(usual.items())


async def test_a_body_without_measure_is_not_read(database_settings: Database) -> None:
    async with house(database_settings) as desk:

        async def endless() -> Any:
            for number in range(1100):
                read.append(number)
                yield b"x" * 10_000

        for url, most in ((MESSAGES, 8), (RECORDED, 8), ("/v1/requests", 1002)):
            read: list[int] = []
            headers = {"webhook-signature": "v1,x", "content-type": "application/json"}
            answer = await desk._client.post(url, content=endless(), headers=headers)
            assert answer.status_code == 413
            assert len(read) <= most
        assert await desk.outcome() == []


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (message(Body="antes\x00depois", ProfileName="B\x00ia"), "antesdepois"),
        ([*message(), ("Body", "o segundo"), ("Body", "o terceiro")], "o terceiro"),
        (message(ProfileName="\u202eaiB\u202c " + "a\u0301\u0302\u0303" * 300), "O app trava"),
        (message(ProfileName="Bia\r\nBcc: todos@exemplo.com.br"), "O app trava"),
        (message(NumMedia="9" * 5000), "O app trava"),
        (message(NumMedia="２", MediaUrl0="file:///etc/passwd", MediaUrl1="\x00"), "O app trava"),
        (message(Latitude="NaN", Longitude="1e999"), ""),
        (message(From="whatsapp:'; DROP TABLE tickets; --"), "O app trava"),
        (message(MessageSid="SM\x00" + "7" * 31), "O app trava"),
        (message(Body="\U0001f468\u200d\U0001f469\u200d\U0001f467" * 400), "\U0001f468"),
    ],
    ids=lambda value: None,
)
async def test_odd_forms_become_readable_tickets(
    database_settings: Database, form: Pairs, text: str
) -> None:
    async with house(database_settings) as desk:
        # Twilio would sign all values of a name; the last of them is what we go by.
        assert (await desk.twilio(MESSAGES, form)).status_code in (200, 403)
        found = await desk.outcome()
        for ticket in found:
            assert text in ticket["description"]
            assert "\n" not in ticket["sender_name"]


@pytest.mark.parametrize(
    "body",
    [
        urlencode(message(), encoding="latin-1").encode() + b"&ProfileName=Jo%E3o",
        urlencode(message(), encoding="latin-1").encode() + b"&ProfileName=%ED%A0%80",
        urlencode(message()).encode() + "&ProfileName=João".encode("utf-16"),
    ],
)
async def test_other_charsets_are_read_as_far_as_they_can_be(
    database_settings: Database, body: bytes
) -> None:
    async with house(database_settings) as desk:
        assert (await desk.twilio(MESSAGES, body)).status_code == 200
        (ticket,) = await desk.outcome()
        assert "O app trava" in ticket["description"]


@pytest.mark.parametrize(
    "body", [b"[" * 60_000, b'{"a":' * 10_000, b"\xff", b"{}", b"[]", b"9" * 5000, b"NaN"]
)
async def test_json_that_nobody_signed_is_turned_away(
    database_settings: Database, body: bytes
) -> None:
    async with house(database_settings) as desk:
        for path in (MESSAGES, STATUS, RECORDED):
            answer = await desk.post(f"{path}?bodySHA256={'0' * 64}", body, {})
            assert answer.status_code in (400, 403)
        assert await desk.outcome() == []


async def test_a_message_as_json_is_read_as_one(database_settings: Database) -> None:
    body = json.dumps({**dict(message()), "NumMedia": 0, "Tags": ["x"]}).encode()
    query = f"bodySHA256={hashlib.sha256(body).hexdigest()}"
    async with house(database_settings) as desk:
        assert (await desk.twilio(MESSAGES, body, query=query, pairs=[])).status_code == 200
        (ticket,) = await desk.outcome()
        assert ticket["description"] == "O app trava"


async def test_what_the_journal_cannot_take_spoils_nothing_for_others(
    database_settings: Database,
) -> None:
    async with house(database_settings) as desk:
        answer = await desk.twilio(MESSAGES, message(MessageSid=LONG))
        assert answer.status_code == 400
        assert (await desk.twilio(MESSAGES, message())).status_code == 200
        assert len(await desk.outcome()) == 1


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        (STATUS, {"MessageStatus": "failed", "ErrorCode": "9" * 400}, 200),
        (STATUS, {"MessageStatus": "\u202edeliv\x00ered"}, 200),
        (STATUS, {"MessageStatus": ""}, 400),
        (RECORDED, {"RecordingUrl": "http://169.254.169.254/latest"}, 400),
        (RECORDED, {"CallSid": "\x00", "RecordingUrl": "https://api.twilio.com/x"}, 400),
        (RECORDED, {"CallSid": "CA1", "RecordingUrl": "https://a\x00b", "From": "anonymous"}, 200),
        (RECORDED, {"CallSid": "CA1", "RecordingUrl": "file:///etc/passwd"}, 200),
        (ENDED, {"CallSid": LONG}, 400),
        (ENDED, {"CallSid": "CA1", "CallDuration": "-NaN", "From": "<Say>x</Say>"}, 200),
    ],
)
async def test_odd_news_of_calls_and_messages(
    database_settings: Database, path: str, fields: dict[str, str], status: int
) -> None:
    async with house(database_settings) as desk:
        form = list({"AccountSid": ACCOUNT, **fields}.items())
        if path == STATUS:
            form.append(("MessageSid", SID))
        answer = await desk.twilio(path, form)
        assert answer.status_code == status, answer.text
        await desk.outcome()


FILES = "https://files.example.com"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"title": "x", "links": [{"url": f"{FILES}/a\x00b"}]}, 422),
        ({"title": "x", "links": [{"url": f"{FILES}/a\u202eb\u2028c"}]}, 422),
        ({"title": "x", "links": [{"url": "https://169.254.169.254/latest/meta-data"}]}, 422),
        ({"title": "x", "links": [{"url": "https://[::ffff:169.254.169.254]/"}]}, 422),
        ({"title": "x", "links": [{"url": "https://files.example.com.evil.example/"}]}, 422),
        ({"title": "x", "links": [{"url": f"{FILES}:22/"}]}, 422),
        ({"title": "\x00"}, 422),
        ({"title": "\u200b\u2060\ufeff"}, 202),
        ({"title": "a\r\nBcc: todos@exemplo.com.br", "requester": {"email": "b@x.com.br"}}, 202),
        (
            {
                "title": "x",
                "requester": {"name": "Bia\r\nBcc: todos@exemplo.com.br", "email": "b@x.com.br"},
            },
            202,
        ),
        ({"title": "x", "fields": {"a": "\x00\x1b[2J\u202e", "b": 10**300, "c": -0.0}}, 202),
        ({"title": "x", "attachments": [{"name": "\x00/../\u202efdp.exe", "content": ""}]}, 202),
        (b'{"title":"x","fields":{"a":1e400}}', 422),
        (b'{"title":"x","fields":{"a":1,"a":2}}', 400),
        (b'{"title":"x","requester":{"name":"a","name":"b"}}', 400),
        (b'\xef\xbb\xbf{"title":"x"}', 400),
        ('{"title":"x"}'.encode("utf-16"), 400),
        (b'{"title":"x"}{"title":"y"}', 400),
        (b'{"title":"x"} // ', 400),
        (b'{"title":"\xed\xa0\x80"}', 400),
        (b'{"title":"x","fields":' + b'{"a":[' * 50_000 + b"}", 400),
    ],
    ids=lambda value: None,
)
async def test_odd_requests_of_apps(
    database_settings: Database, body: dict[str, Any] | bytes, status: int
) -> None:
    async with house(database_settings) as desk:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = await desk.app(raw)
        # What is no UTF-8 cannot have been signed.
        assert answer.status_code == status or (status, answer.status_code) == (400, 401)
        assert answer.headers["content-type"].partition("+")[0].startswith("application/")
        found = await desk.outcome()
        assert len(found) == (status == 202)
        for sent in desk.sent.sent:
            assert "\n" not in sent.subject
            assert sent.recipient == "b@x.com.br"
        assert (
            len(
                await rows(desk.application, "SELECT 1 AS one FROM replies WHERE state = 'refused'")
            )
            == 0
        )


async def test_names_of_webhooks_are_as_strange_as_they_like(database_settings: Database) -> None:
    async with house(database_settings) as desk:
        body = b'{"title":"x"}'
        for name, status in (
            ("'; DROP TABLE messages; --", 400),
            ("%00", 202),
            ("x" * 200, 202),
            ("x" * 201, 400),
            (" ", 400),
            ("a:b:c", 202),
            ("../../etc", 202),
        ):
            assert (await desk.app(body, **{"webhook-id": name})).status_code in (status, 401), name
        assert len(await desk.outcome()) == 4
