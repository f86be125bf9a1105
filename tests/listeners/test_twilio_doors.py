"""The doors of Twilio's: only what is signed comes in, and only what is safe is answered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from intake.channels.twilio.signature import Signatures
from intake.channels.twilio.status import StatusUpdate
from intake.channels.twilio.webhooks import Verifier, message_webhook, status_webhook
from intake.metrics import Metrics
from intake.net.request_limits import WRONG_BURST
from intake.ports.arrivals import Arrival, Cursor, IntakeUnavailable
from intake.ports.memory_inbox import MemoryIntake
from intake.store.batching import ArrivalBatcher
from routing.vocabulary import Channel
from tests.telephony.posts import ACCOUNT, PUBLIC_URL, TOKEN, form, signed

NOW = datetime(2026, 11, 24, 13, tzinfo=UTC)
MESSAGES = "/twilio/messages"


class Webhooks:
    """The doors before an intake in memory."""

    def __init__(self, intake: MemoryIntake) -> None:
        self.intake = intake
        self.metrics = Metrics()
        self.updates: list[StatusUpdate] = []
        keeper = Verifier(Signatures({ACCOUNT: TOKEN}, PUBLIC_URL), self.metrics)
        batcher = ArrivalBatcher(intake, "twilio")

        async def note(update: StatusUpdate) -> None:
            self.updates.append(update)

        self.app = Starlette(
            routes=[
                message_webhook(keeper, batcher, self.metrics, lambda: NOW),
                status_webhook(keeper, self.metrics, note),
            ]
        )

    def counted(self, outcome: str) -> float:
        labels = {"endpoint": "twilio", "outcome": outcome}
        return self.metrics.registry.get_sample_value("intake_webhooks_total", labels) or 0.0

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        transport = httpx.ASGITransport(app=self.app)
        # Behind a proxy: it calls us by another name than Twilio calls the proxy.
        async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8765") as one:
            yield one


@pytest.fixture
def webhook_routes() -> Webhooks:
    return Webhooks(MemoryIntake())


async def test_a_signed_message_is_stored_as_it_came(webhook_routes: Webhooks) -> None:
    body = form(NumMedia="1", MediaUrl0="https://api.twilio.com/ME1", MediaContentType0="image/png")
    async with webhook_routes.client() as client:
        answer = await client.post(MESSAGES, content=body, headers=signed(body))
    assert (answer.status_code, answer.headers["content-type"]) == (
        200,
        "text/xml; charset=utf-8",
    )
    [arrival] = webhook_routes.intake.arrivals.values()
    assert arrival.raw == body
    assert (arrival.key, arrival.source) == (f"twilio:SM{1:032x}", f"twilio:{ACCOUNT}")
    assert (arrival.channel, arrival.received_at) == (Channel.WHATSAPP, NOW)
    assert arrival.details["conversation"] == "whatsapp:+551187654321"
    assert [each.content_type for each in arrival.files] == ["image/png"]
    assert webhook_routes.counted("accepted") == 1


async def test_a_repetition_changes_nothing(webhook_routes: Webhooks) -> None:
    async with webhook_routes.client() as client:
        for body in (form(), form(), form(body="outro texto, o mesmo sid")):
            assert (await client.post(MESSAGES, content=body, headers=signed(body))).is_success
    assert len(webhook_routes.intake.arrivals) == 1


async def test_an_sms_is_one(webhook_routes: Webhooks) -> None:
    body = form(From="+5511987654321", To="+551140028922")
    async with webhook_routes.client() as client:
        await client.post(MESSAGES, content=body, headers=signed(body))
    [arrival] = webhook_routes.intake.arrivals.values()
    assert arrival.channel is Channel.SMS
    assert arrival.details["conversation"] == "sms:+551187654321"


async def test_a_query_belongs_to_the_address_that_is_signed(webhook_routes: Webhooks) -> None:
    body, where = form(), f"{MESSAGES}?place=sp%20norte&x="
    async with webhook_routes.client() as client:
        good = await client.post(where, content=body, headers=signed(body, url=PUBLIC_URL + where))
        bad = await client.post(where, content=body, headers=signed(body))
    assert (good.status_code, bad.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("body", "headers", "status", "outcome"),
    [
        (form(), {}, 403, "forged"),
        (form(), signed(form(2)), 403, "forged"),
        (form(), {"X-Twilio-Signature": "é".encode("latin-1").decode("latin-1")}, 403, "forged"),
        (b"x" * 64_001, {}, 413, "too_large"),
        ("&".join(f"a{n}=1" for n in range(400)).encode(), {}, 400, "no_form"),
        (form(MessageSid="", SmsMessageSid="", SmsSid=""), None, 400, "no_message"),
    ],
)
async def test_what_is_not_twilios_is_turned_away_and_counted(
    webhook_routes: Webhooks, body: bytes, headers: dict[str, str] | None, status: int, outcome: str
) -> None:
    sent = {k: v.encode("latin-1") for k, v in (headers or {}).items()}
    async with webhook_routes.client() as client:
        answer = await client.post(
            MESSAGES, content=body, headers=signed(body) if headers is None else sent
        )
    assert answer.status_code == status
    assert webhook_routes.counted(outcome) == 1
    assert not webhook_routes.intake.arrivals


async def test_who_goes_on_forging_is_told_so_and_stands_in_nobodys_way(
    webhook_routes: Webhooks,
) -> None:
    async with webhook_routes.client() as client:
        answers = [
            (await client.post(MESSAGES, content=form(n))).status_code
            for n in range(WRONG_BURST + 10)
        ]
        assert answers[:WRONG_BURST] == [403] * WRONG_BURST
        assert 429 in answers[WRONG_BURST:]
        # Twilio may stand behind the same proxy, or somebody may have used its address.
        body = form(999)
        assert (await client.post(MESSAGES, content=body, headers=signed(body))).is_success
    assert list(webhook_routes.intake.arrivals) == [f"twilio:SM{999:032x}"]


async def test_many_signed_messages_are_no_flood(webhook_routes: Webhooks) -> None:
    async with webhook_routes.client() as client:
        for number in range(3 * WRONG_BURST):
            body = form(number)
            assert (await client.post(MESSAGES, content=body, headers=signed(body))).is_success


class Away(MemoryIntake):
    async def accept(self, *_: object, **__: object) -> int:
        raise IntakeUnavailable("journal: away")


async def test_nothing_is_promised_while_the_journal_is_away() -> None:
    webhook_routes, body = Webhooks(Away()), form()
    async with webhook_routes.client() as client:
        answer = await client.post(MESSAGES, content=body, headers=signed(body))
    assert answer.status_code == 503
    assert webhook_routes.counted("journal_away") == 1


class Slow(MemoryIntake):
    """Commits when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.commit = asyncio.Event()
        self.asked = asyncio.Event()

    async def accept(
        self, arrivals: list[Arrival], *, source: str, cursor: Cursor | None = None
    ) -> int:
        self.asked.set()
        await self.commit.wait()
        return await super().accept(arrivals, source=source, cursor=cursor)


async def test_no_answer_before_the_commit_and_those_who_wait_share_the_next() -> None:
    intake = Slow()
    webhook_routes = Webhooks(intake)
    async with webhook_routes.client() as client:

        def post(number: int) -> Awaitable[httpx.Response]:
            body = form(number)
            return client.post(MESSAGES, content=body, headers=signed(body))

        first = asyncio.create_task(post(1))
        await intake.asked.wait()
        others = [asyncio.create_task(post(number)) for number in range(2, 12)]
        for _ in range(200):
            await asyncio.sleep(0)
        assert not any(task.done() for task in (first, *others))
        assert not intake.arrivals
        intake.commit.set()
        answers = await asyncio.gather(first, *others)
    assert all(answer.is_success for answer in answers)
    assert intake.batches == [1, 10]


async def test_one_whose_caller_left_is_still_stored_with_its_company() -> None:
    intake = Slow()
    batcher = ArrivalBatcher(intake, "twilio")
    arrivals = [
        Arrival(source="s", key=f"k{n}", channel=Channel.SMS, received_at=NOW, raw=b"")
        for n in range(3)
    ]
    waiting = [asyncio.create_task(batcher.accept(each)) for each in arrivals]
    await intake.asked.wait()
    waiting[1].cancel()
    intake.commit.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in results] == [type(None), asyncio.CancelledError, type(None)]
    assert sorted(intake.arrivals) == ["k0", "k1", "k2"]


class Choosy(Slow):
    """Cannot take one of them, and says so only of all."""

    async def accept(
        self, arrivals: list[Arrival], *, source: str, cursor: Cursor | None = None
    ) -> int:
        self.asked.set()
        await self.commit.wait()
        if any(arrival.key == "k2" for arrival in arrivals):
            raise ValueError("k2")
        return await super().accept(arrivals, source=source, cursor=cursor)


async def test_one_that_cannot_be_stored_spoils_nothing_for_its_company() -> None:
    intake = Choosy()
    batcher = ArrivalBatcher(intake, "twilio")
    waiting = [
        asyncio.create_task(
            batcher.accept(
                Arrival(source="s", key=f"k{n}", channel=Channel.SMS, received_at=NOW, raw=b"")
            )
        )
        for n in range(5)
    ]
    await intake.asked.wait()
    intake.commit.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in results] == [
        type(None),
        type(None),
        ValueError,
        type(None),
        type(None),
    ]
    assert sorted(intake.arrivals) == ["k0", "k1", "k3", "k4"]


async def test_a_status_is_handed_on(webhook_routes: Webhooks) -> None:
    body = urlencode(
        {
            "AccountSid": ACCOUNT,
            "MessageSid": "SMours",
            "MessageStatus": "undelivered",
            "ErrorCode": "63016",
        }
    ).encode()
    url = f"{PUBLIC_URL}/twilio/status"
    async with webhook_routes.client() as client:
        answer = await client.post("/twilio/status", content=body, headers=signed(body, url=url))
        forged = await client.post("/twilio/status", content=body)
    assert (answer.status_code, forged.status_code) == (200, 403)
    assert webhook_routes.updates == [
        StatusUpdate(sid="SMours", status="undelivered", error_code="63016")
    ]
