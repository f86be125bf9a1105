"""What no webhook brought is taken in from Twilio's list, once, and as a webhook would have."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from intake.channels.twilio.call import Part
from intake.channels.twilio.listed import Account, Listed
from intake.channels.twilio.listener import LOOK_BACK, TwilioListener, accounts
from intake.channels.twilio.payload import payload
from intake.channels.twilio.voice_webhooks import arrival as call_arrival
from intake.channels.twilio.webhooks import VerifiedRequest, arrival
from intake.ports.arrivals import Arrival
from intake.ports.listener import ListenerUnavailable, LoginRefused
from intake.ports.memory_inbox import MemoryIntake, MemoryProgress
from intake.settings.twilio import Twilio
from routing.vocabulary import Channel
from tests.servers.prism import Prism
from tests.servers.scripted_twilio import Answer, ScriptedTwilio, running_scripted_twilio
from tests.telephony.posts import ACCOUNT, CLIENT, PUBLIC_URL, SUBACCOUNT, TOKEN, US, form

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
ROOT = f"/2010-04-01/Accounts/{ACCOUNT}"


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_TWILIO_TOKEN", TOKEN)


@pytest.fixture
def api() -> Iterator[ScriptedTwilio]:
    with running_scripted_twilio() as server:
        yield server


def section(api_url: str, **more: Any) -> Twilio:
    return Twilio.model_validate(
        {
            "account_sid": ACCOUNT,
            "auth_token": {"env": "TEST_TWILIO_TOKEN"},
            "public_url": PUBLIC_URL,
            "api_url": api_url,
            **more,
        }
    )


def listener(api_url: str, intake: MemoryIntake, **more: Any) -> TwilioListener:
    settings = section(api_url, voice=more.pop("voice", None))
    return TwilioListener(
        settings,
        ACCOUNT,
        settings.auth_token,
        intake=intake,
        progress=more.pop("progress", MemoryProgress()),
        clock=lambda: NOW,
        **more,
    )


def row(number: int, *, minutes_ago: float = 10, **more: Any) -> dict[str, Any]:
    """A message as the API lists it."""
    sid = f"SM{number:032x}"
    at = format_datetime(NOW - timedelta(minutes=minutes_ago))
    return {
        "sid": sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": f"Mensagem {number}",
        "date_created": at,
        "date_sent": at,
        "date_updated": at,
        "direction": "inbound",
        "from": f"whatsapp:{CLIENT}",
        "to": f"whatsapp:{US}",
        "num_media": "0",
        "num_segments": "1",
        "status": "received",
        "uri": f"{ROOT}/Messages/{sid}.json",
        **more,
    }


def page(name: str, rows: list[dict[str, Any]]) -> Answer:
    tree = {name: rows, "page": 0, "page_size": 1000, "next_page_uri": None, "end": len(rows)}
    return Answer(body=json.dumps(tree).encode(), headers={"Content-Type": "application/json"})


def by_webhook(number: int) -> Arrival:
    raw = form(number, f"Mensagem {number}")
    return arrival(payload(raw), raw, NOW)


class Two(MemoryIntake):
    """Ends the listening with the second message."""

    def __init__(self, stopping: asyncio.Event) -> None:
        super().__init__()
        self._stopping = stopping

    async def accept(self, arrivals: Sequence[Arrival], **more: Any) -> int:
        new = await super().accept(arrivals, **more)
        if len(self.arrivals) == 2:
            self._stopping.set()
        return new


async def test_only_what_no_webhook_brought_is_taken_in(api: ScriptedTwilio) -> None:
    rows = [
        row(1),
        row(2),
        row(3, direction="outbound-api"),
        row(4, minutes_ago=1),
        row(5, **{"from": CLIENT, "to": US}),
    ]
    api.say(f"{ROOT}/Messages.json", page("messages", rows))
    intake = MemoryIntake()
    await intake.accept([by_webhook(1)], source="twilio")
    ours = listener(api.url, intake)
    assert await ours.reconcile() == 2
    assert await ours.reconcile() == 0
    # The fourth is so young that its webhook may be on its way.
    assert sorted(key[-1] for key in intake.arrivals) == ["1", "2", "5"]
    found, webhook = intake.arrivals[f"twilio:SM{2:032x}"], by_webhook(2)
    assert (found.source, found.channel) == (webhook.source, webhook.channel)
    assert found.details["conversation"] == webhook.details["conversation"]
    assert found.received_at == NOW - timedelta(minutes=10)
    assert payload(found.raw).get("Body") == "Mensagem 2"
    assert intake.arrivals[f"twilio:SM{5:032x}"].channel is Channel.SMS


def recording(number: int, *, minutes_ago: float = 10, **more: Any) -> dict[str, Any]:
    """As the API lists it."""
    sid = f"RE{number:032x}"
    return {
        "sid": sid,
        "account_sid": ACCOUNT,
        "call_sid": f"CA{number:032x}",
        "date_created": format_datetime(NOW - timedelta(minutes=minutes_ago)),
        "duration": "12",
        "source": "RecordVerb",
        "status": "completed",
        "uri": f"{ROOT}/Recordings/{sid}.json",
        **more,
    }


def recorded_by_webhook(number: int) -> Arrival:
    call = f"CA{number:032x}"
    raw = f"CallSid={call}&AccountSid={ACCOUNT}&RecordingUrl=x&RecordingDuration=12".encode()
    return call_arrival(VerifiedRequest(body=raw, payload=payload(raw)), NOW, Part.RECORDED)


async def test_recordings_that_no_callback_brought_are_taken_in_once(api: ScriptedTwilio) -> None:
    api.say(f"{ROOT}/Messages.json", page("messages", []))
    others = [
        recording(4, source="Conference"),
        recording(5, status="processing"),
        recording(6, duration="0"),
        recording(7, duration="-1"),
        recording(8, minutes_ago=1),
    ]
    rows = [recording(1), recording(2), recording(3), *others]
    api.say(f"{ROOT}/Recordings.json", page("recordings", rows))
    for number, direction in ((1, "inbound"), (2, "inbound"), (3, "outbound-api")):
        call = {"direction": direction, "from": CLIENT, "to": US}
        answer = Answer(body=json.dumps(call).encode())
        api.say(f"{ROOT}/Calls/CA{number:032x}.json", answer)
    intake = MemoryIntake()
    await intake.accept([recorded_by_webhook(1)], source="twilio")
    ours = listener(api.url, intake, voice={})
    assert await ours.reconcile() == 1
    assert await ours.reconcile() == 0
    # Its callback comes after all.
    assert await intake.accept([recorded_by_webhook(2)], source="twilio") == 0
    found = intake.arrivals[f"twilio:CA{2:032x}:recorded"]
    assert found.channel is Channel.VOICE
    assert payload(found.raw).sender == CLIENT
    [file] = found.files
    assert file.url == f"{api.url}{ROOT}/Recordings/RE{2:032x}.mp3"


async def test_its_files_are_named_as_in_a_webhook(api: ScriptedTwilio) -> None:
    sid = f"SM{1:032x}"
    uri = f"{ROOT}/Messages/{sid}/Media/ME1.json"
    api.say(f"{ROOT}/Messages.json", page("messages", [row(1, num_media="1")]))
    media = [{"sid": "ME1", "content_type": "image/png", "uri": uri}]
    api.say(f"{ROOT}/Messages/{sid}/Media.json", page("media_list", media))
    intake = MemoryIntake()
    await listener(api.url, intake).drain()
    [taken] = intake.arrivals.values()
    [file] = taken.files
    assert file.url == api.url + uri.removesuffix(".json")
    assert file.content_type == "image/png"


async def test_what_twilio_has_no_more_of_holds_up_nothing_behind_it(api: ScriptedTwilio) -> None:
    # Neither the first one's files nor its call are answered: the server says 404.
    messages = [row(1, num_media="1", minutes_ago=20), row(2)]
    recordings = [recording(1, minutes_ago=20), recording(2)]
    api.say(f"{ROOT}/Messages.json", page("messages", messages))
    api.say(f"{ROOT}/Recordings.json", page("recordings", recordings))
    call = json.dumps({"direction": "inbound", "from": CLIENT, "to": US}).encode()
    api.say(f"{ROOT}/Calls/CA{2:032x}.json", Answer(body=call))
    intake = MemoryIntake()
    assert await listener(api.url, intake, voice={}).reconcile() == 4
    unknown = payload(intake.arrivals[f"twilio:CA{1:032x}:recorded"].raw)
    assert (unknown.sender, unknown.get("RecordingSid")) == ("", f"RE{1:032x}")


async def test_it_compares_at_the_start_and_goes_on(api: ScriptedTwilio) -> None:
    api.say(
        f"{ROOT}/Messages.json",
        Answer(status=500, body=b"{}"),
        page("messages", [row(1)]),
        page("messages", [row(1), row(2)]),
    )
    stopping, progress = asyncio.Event(), MemoryProgress()
    intake = Two(stopping)
    ours = listener(api.url, intake, every=0.01, progress=progress)
    running = asyncio.create_task(ours.run(stopping))
    await asyncio.wait_for(running, 20)
    assert progress.failures[ours.source]
    assert progress.ok[ours.source] >= 2
    asked = [each.path for each in api.asked]
    first = (NOW - LOOK_BACK).strftime("%Y-%m-%dT%H")
    assert first in asked[0]
    assert first not in asked[2]


async def test_a_wrong_token_is_said_so(api: ScriptedTwilio) -> None:
    refused = Answer(status=401, body=b'{"code": 20003, "message": "Authenticate", "status": 401}')
    api.say(f"{ROOT}.json", refused)
    api.say(f"{ROOT}/Messages.json", refused)
    ours = listener(api.url, MemoryIntake())
    for work in (ours.check, ours.drain):
        with pytest.raises(LoginRefused, match="account_sid and auth_token"):
            await work()


async def test_nobody_there_is_said_so() -> None:
    with pytest.raises(ListenerUnavailable, match="twilio"):
        await listener("http://127.0.0.1:1", MemoryIntake()).check()


async def test_the_check_says_where_webhooks_go(api: ScriptedTwilio) -> None:
    found = {"sid": ACCOUNT, "friendly_name": "R3izzy", "status": "active"}
    api.say(f"{ROOT}.json", Answer(body=json.dumps(found).encode()))
    said = await listener(api.url, MemoryIntake()).check()
    assert "R3izzy" in said
    assert f"{PUBLIC_URL}/twilio/messages" in said


def test_what_it_asks_is_as_twilio_describes_its_api(prism: Prism) -> None:
    before = len(prism.complaints())
    token = section(prism.url).auth_token
    # Prism's list never ends: each page names a next one.
    account = Account(sid=ACCOUNT, token=token, api_url=prism.url, most=3)
    assert account.look()[1] == "active"
    [listed, *_] = account.inbound(NOW)
    posted = payload(account.as_form(listed))
    assert posted.sid == listed.sid
    assert len(posted.media) >= 1
    account.recordings(NOW)
    named = {"CallSid": "CA" + "1" * 32}
    account.call_form(Listed(sid="RE1", at=NOW, fields=named))
    assert prism.complaints()[before:] == []


def test_subaccounts_are_compared_with_their_own_tokens() -> None:
    settings = Twilio.model_validate(
        {
            "account_sid": ACCOUNT,
            "auth_token": {"env": "A"},
            "public_url": PUBLIC_URL,
            "subaccounts": {SUBACCOUNT: {"env": "B"}},
        }
    )
    assert list(accounts(settings)) == [ACCOUNT, SUBACCOUNT]
