"""Replies by WhatsApp and SMS against a Twilio that does what a test tells it to."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from intake.channels.twilio.sender import TwilioSender
from intake.ports.sender import Attempt, Delivery, Outcome, Outgoing, SenderUnavailable, Template
from intake.settings.twilio import Twilio
from routing.vocabulary import Channel
from tests.replies.outgoings import outgoing
from tests.servers.prism import Prism
from tests.servers.scripted_twilio import Answer, ScriptedTwilio, running_scripted_twilio
from tests.telephony.place import ACCOUNT, PUBLIC, TOKEN, TOKEN_PLACE, twilio

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
SID = "SM" + "a" * 32
BEGUN = datetime(2026, 11, 24, 13, 0, tzinfo=UTC)
TEMPLATE = Template(content_sid="HX" + "b" * 32, variables={"1": "Bia", "2": "R3-2026-000123"})


@pytest.fixture
def api() -> Iterator[ScriptedTwilio]:
    with running_scripted_twilio() as server:
        yield server


@pytest.fixture
def sender(api: ScriptedTwilio, monkeypatch: pytest.MonkeyPatch) -> TwilioSender:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)
    return TwilioSender(account(api.url))


def account(url: str, **more: Any) -> Twilio:
    return Twilio.model_validate(twilio(api_url=url, sms_from="+15005550006", **more))


def text(channel: Channel = Channel.WHATSAPP, **changes: Any) -> Outgoing:
    return outgoing(
        channel=channel, recipient="+5511987654321", text="Abrimos o chamado R3-2026-000123.\n",
        html="", **changes,
    )  # fmt: skip


def taken(sid: str = SID, **more: Any) -> dict[str, Any]:
    return {"sid": sid, "status": "queued", **more}


def says(content: dict[str, Any], status: int = 201, **headers: str) -> Answer:
    return Answer(status=status, body=json.dumps(content).encode(), headers=headers)


def refuses(code: int, status: int = 400) -> Answer:
    return says({"code": code, "message": "no", "status": status}, status)


def posted(api: ScriptedTwilio) -> list[dict[str, str]]:
    forms = [parse_qs(asked.body.decode()) for asked in api.asked if asked.method == "POST"]
    return [{name: values[0] for name, values in form.items()} for form in forms]


async def test_a_whatsapp_message_says_where_its_status_goes(
    api: ScriptedTwilio, sender: TwilioSender
) -> None:
    api.say(MESSAGES, says(taken()))
    delivery = await sender.send(text())
    assert (delivery.outcome, delivery.provider_id) == (Outcome.SENT, SID)
    assert posted(api) == [
        {
            "To": "whatsapp:+5511987654321",
            "From": "whatsapp:+5511400041111",
            "Body": "Abrimos o chamado R3-2026-000123.",
            "StatusCallback": f"{PUBLIC}/twilio/status",
        }
    ]


async def test_an_sms_is_counted(api: ScriptedTwilio, sender: TwilioSender) -> None:
    api.say(MESSAGES, says(taken()))
    delivery = await sender.send(replace(text(Channel.SMS), text="Não há nada 🎉" + "." * 60))
    assert delivery.detail == "2 parte(s), 72 caracteres em UCS-2"
    assert posted(api)[0]["To"] == "+5511987654321"
    assert "🎉" not in posted(api)[0]["Body"]


@pytest.mark.parametrize(
    ("answer", "outcome", "doubtful"),
    [
        (refuses(21211), Outcome.REFUSED, False),
        (refuses(21614), Outcome.REFUSED, False),
        (refuses(21610), Outcome.REFUSED, False),
        (refuses(63024), Outcome.REFUSED, False),
        (refuses(63016), Outcome.REFUSED, False),
        (refuses(20003, 401), Outcome.LATER, False),
        (refuses(20500, 500), Outcome.LATER, True),
        (Answer(status=503, body=b"<html>"), Outcome.LATER, True),
        (Answer(status=401, body=b"{}"), Outcome.LATER, False),
    ],
)
async def test_what_an_error_means(
    api: ScriptedTwilio,
    sender: TwilioSender,
    answer: Answer,
    outcome: Outcome,
    doubtful: bool,
) -> None:
    api.say(MESSAGES, answer)
    delivery = await sender.send(text())
    assert (delivery.outcome, delivery.doubtful) == (outcome, doubtful)
    assert len(api.asked) == 1


async def test_too_many_requests_wait_as_long_as_twilio_says(
    api: ScriptedTwilio, sender: TwilioSender
) -> None:
    api.say(MESSAGES, says({"code": 20429, "message": "slow"}, 429, **{"Retry-After": "90"}))
    delivery = await sender.send(text())
    assert (delivery.outcome, delivery.doubtful) == (Outcome.LATER, False)
    assert delivery.wait == timedelta(seconds=90)


async def test_no_answer_in_time_is_doubtful(
    api: ScriptedTwilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)
    api.say(MESSAGES, replace(says(taken()), pause=1))
    delivery = await TwilioSender(account(api.url), answer_seconds=0.2).send(text())
    assert (delivery.outcome, delivery.doubtful) == (Outcome.LATER, True)


async def test_outside_the_window_the_template_goes(
    api: ScriptedTwilio, sender: TwilioSender
) -> None:
    api.say(MESSAGES, says(taken()))
    attempt = Attempt(window_open=False, template=TEMPLATE)
    assert (await sender.send(text(attempt=attempt))).outcome is Outcome.SENT
    [form] = posted(api)
    assert form["ContentSid"] == TEMPLATE.content_sid
    assert json.loads(form["ContentVariables"]) == {"1": "Bia", "2": "R3-2026-000123"}
    assert "Body" not in form


async def test_outside_the_window_without_a_template_nothing_goes(
    api: ScriptedTwilio, sender: TwilioSender
) -> None:
    delivery = await sender.send(text(attempt=Attempt(window_open=False)))
    assert (delivery.outcome, delivery.code) == (Outcome.REFUSED, 63016)
    assert "whatsapp_templates" in delivery.detail
    assert api.asked == []


async def test_63016_though_we_thought_the_window_open_sends_the_template(
    api: ScriptedTwilio, sender: TwilioSender
) -> None:
    api.say(MESSAGES, refuses(63016), says(taken()))
    delivery = await sender.send(text(attempt=Attempt(template=TEMPLATE)))
    assert (delivery.outcome, delivery.provider_id) == (Outcome.SENT, SID)
    assert ["Body" in form for form in posted(api)] == [True, False]


def listed(*messages: dict[str, Any]) -> Answer:
    page = {"messages": list(messages), "page_size": 50, "next_page_uri": None}
    return says(page, 200)


def in_list(sid: str, body: str, *, after: float = 1) -> dict[str, Any]:
    created = BEGUN + timedelta(seconds=after)
    return taken(sid, body=body, date_created=created.strftime("%a, %d %b %Y %H:%M:%S +0000"))


SAME = "Abrimos o chamado   R3-2026-000123."
DOUBTFUL = Attempt(begun_at=BEGUN)


async def test_what_twilio_took_before_a_crash_is_not_sent_again(
    api: ScriptedTwilio, sender: TwilioSender
) -> None:
    api.say(MESSAGES, listed(in_list(SID, SAME)), says(taken("SM" + "f" * 32)))
    delivery = await sender.send(text(attempt=DOUBTFUL))
    assert (delivery.outcome, delivery.provider_id) == (Outcome.SENT, SID)
    assert posted(api) == []
    assert "To=whatsapp%3A%2B5511987654321" in api.asked[0].path


@pytest.mark.parametrize(
    ("message", "attempt"),
    [
        (in_list(SID, "Outra coisa."), DOUBTFUL),
        (in_list(SID, SAME, after=-3600), DOUBTFUL),
        (in_list(SID, SAME), replace(DOUBTFUL, claimed=frozenset((SID,)))),
    ],
    ids=["another text", "an older one", "another reply's"],
)
async def test_what_twilio_did_not_take_is_sent(
    api: ScriptedTwilio, sender: TwilioSender, message: dict[str, Any], attempt: Attempt
) -> None:
    api.say(MESSAGES, listed(message), says(taken("SM" + "f" * 32)))
    delivery = await sender.send(text(attempt=attempt))
    assert delivery.provider_id == "SM" + "f" * 32
    assert len(posted(api)) == 1


async def test_a_template_that_twilio_took_is_recognised(
    api: ScriptedTwilio, sender: TwilioSender
) -> None:
    api.say(MESSAGES, listed(in_list(SID, "Olá, Bia! O chamado R3-2026-000123 foi aberto.")))
    attempt = replace(DOUBTFUL, window_open=False, template=TEMPLATE)
    assert (await sender.send(text(attempt=attempt))).provider_id == SID


@pytest.mark.parametrize("trouble", [refuses(20500, 500), Answer(status=429)])
async def test_a_question_without_an_answer_leaves_the_doubt(
    api: ScriptedTwilio, sender: TwilioSender, trouble: Answer
) -> None:
    api.say(MESSAGES, trouble)
    delivery = await sender.send(text(attempt=DOUBTFUL))
    assert (delivery.outcome, delivery.doubtful) == (Outcome.LATER, True)
    assert posted(api) == []


async def test_without_the_token_it_waits_for_an_operator(
    api: ScriptedTwilio, sender: TwilioSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TOKEN_PLACE)
    delivery: Delivery = await sender.send(text())
    assert delivery.outcome is Outcome.LATER
    assert TOKEN_PLACE in delivery.detail


async def test_a_wrong_password_is_told_to_the_doctor(
    api: ScriptedTwilio, sender: TwilioSender
) -> None:
    api.say(f"/2010-04-01/Accounts/{ACCOUNT}.json", refuses(20003, 401))
    with pytest.raises(SenderUnavailable, match=r"^Twilio: .*: no$"):
        await sender.check()


async def test_everything_that_we_ask_passes_twilios_own_description(
    prism: Prism, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)
    sender = TwilioSender(account(prism.url))
    template = Attempt(window_open=False, template=TEMPLATE)
    asked_first = Attempt(begun_at=BEGUN)
    for each in (
        text(),
        text(Channel.SMS),
        text(attempt=template),
        text(attempt=asked_first),
    ):
        delivery = await sender.send(each)
        assert delivery.outcome is Outcome.SENT, delivery.detail
        assert delivery.provider_id
    assert "whatsapp" in await sender.check()
    assert prism.complaints() == []
    await sender.close()
