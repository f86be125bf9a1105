"""Requests that nobody signed, of any shape, at the real HTTP server: rejected, counted, quiet."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from intake.channels.apps.webhooks import AppWebhooks
from intake.channels.twilio.signature import Signatures
from intake.channels.twilio.status import StatusUpdate
from intake.channels.twilio.webhooks import Verifier, message_webhook, status_webhook
from intake.metrics import Metrics
from intake.net.rejections import LINE_EVERY, RejectionLog
from intake.net.request_limits import WRONG_BURST
from intake.ports.memory_inbox import MemoryIntake
from intake.settings.apps import App
from intake.settings.http import Http
from intake.store.batching import ArrivalBatcher
from intake.web.health import Health
from intake.web.server import serving
from tests.apps.house import PLACES, apps
from tests.listeners.test_twilio_doors import NOW
from tests.telephony.posts import ACCOUNT, PUBLIC_URL, TOKEN, form, signed

MESSAGES, STATUS, REQUESTS = "/twilio/messages", "/twilio/status", "/v1/requests"
PATIENCE = 30
"""Seconds that an answer may take on a busy machine."""
HASH = "0" * 64


class Desk:
    """The endpoints on loopback, over an intake in memory."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.intake = MemoryIntake()
        self.logged: list[Any] = []
        self.address = ""
        keeper = Verifier(Signatures({ACCOUNT: TOKEN}, PUBLIC_URL), self.metrics)

        async def note(_: StatusUpdate) -> None:
            raise AssertionError("a status that nobody signed was heeded")

        # What is not signed gets no further than the check: nothing else of an office is needed.
        application = cast(
            "Any", SimpleNamespace(metrics=self.metrics, context=None, database=None)
        )
        known = [App.model_validate(each) for each in apps()]
        self.routes = [
            message_webhook(
                keeper, ArrivalBatcher(self.intake, "twilio"), self.metrics, lambda: NOW
            ),
            status_webhook(keeper, self.metrics, note),
            *AppWebhooks(application, cast("Any", None), known).routes(),
        ]

    async def ask(self, path: str, headers: list[tuple[bytes, bytes]], body: bytes) -> int:
        """The status of the answer, on a connection of its own."""
        lines = [b"POST " + path.encode() + b" HTTP/1.1", b"Host: desk", b"Connection: close"]
        lines += [name + b": " + value for name, value in headers]
        if not any(name.lower() == b"content-length" for name, _ in headers):
            lines.append(b"Content-Length: %d" % len(body))
        where = urlsplit(self.address)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
            await writer.drain()
            async with asyncio.timeout(PATIENCE):
                answer = await reader.readline()
            return int(answer.split()[1])
        finally:
            writer.close()

    def counted(self, *outcomes: str) -> float:
        """Requests with one of these outcomes, or with any, at the endpoints for webhooks."""
        return sum(
            sample.value
            for metric in self.metrics.registry.collect()
            for sample in metric.samples
            if sample.name == "intake_webhooks_total"
            and sample.labels["endpoint"] in ("twilio", "app")
            and (not outcomes or sample.labels["outcome"] in outcomes)
        )


@asynccontextmanager
async def open_desk() -> AsyncIterator[Desk]:
    desk = Desk()
    health = Health(None, desk.metrics)  # type: ignore[arg-type]
    http = Http.model_validate({"port": 0})
    with capture_logs() as desk.logged:
        async with serving(http, health, desk.routes) as desk.address:
            yield desk


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, secret in PLACES.items():
        monkeypatch.setenv(name, secret)


PATHS = st.sampled_from([MESSAGES, STATUS, REQUESTS])
QUERIES = st.one_of(
    st.just(""),
    st.sampled_from(
        [
            "?bodySHA256=",
            f"?bodySHA256={HASH}",
            f"?bodySHA256=&bodySHA256={HASH}",
            f"?bodySHA256={HASH}&bodySHA256=",
            "?bodySHA256=%ED%A0%80",
            "?bodySHA256=é",
            "?xbodySHA256=1",
            "?bodySHA256",
            "?bodysha256=1;bodySHA256=2",
            "?" + "&".join(f"a{n}=1" for n in range(500)),
            "?%",
            "?[::1]",
        ]
    ),
).map(lambda query: query.encode("ascii", "xmlcharrefreplace").decode())
JSON_BODIES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())
BODIES = st.one_of(
    JSON_BODIES,
    st.binary(max_size=64),
    st.sampled_from(
        [
            b"",
            form(),
            form() + b"&AccountSid=x&AccountSid=",
            b"AccountSid=" + ACCOUNT.encode() + b"&Body=%ED%A0%80&Body=%FF",
            b'{"AccountSid": "' + ACCOUNT.encode() + b'", "Body": "\\ud800"}',
            b'{"AccountSid": ["' + ACCOUNT.encode() + b'"]}',
            b"[" * 20_000,
            b"9" * 5_000,
            b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n",
            b"&".join(b"a%d=1" % n for n in range(299)),
            b"x" * 64_001,
        ]
    ),
)
VALUES = st.one_of(
    st.sampled_from(
        [
            b"",
            b"x",
            b"v1,",
            b"v1,x",
            b"v1 v1 ,,",
            b"v1," + b"A" * 2_000,
            b"v2,AAAA",
            b"\xe9\xff\x80",
            b"1795000000",
            b"-1",
            b"9" * 400,
            b"1e400",
            b"NaN",
            b"application/json",
            b"application/json; charset=utf-7",
            b"application/x-www-form-urlencoded; charset=\xff",
            b"multipart/form-data; boundary=x",
            b"multipart/form-data",
            b"Bearer",
            b"Bearer \xff",
            b"Basic Og==",
        ]
    ),
    st.text(
        st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_categories=["Cc"]),
        max_size=20,
    ).map(lambda text: text.strip().encode("latin-1")),
)
NAMES = st.sampled_from(
    [
        b"X-Twilio-Signature",
        b"Content-Type",
        b"webhook-id",
        b"webhook-timestamp",
        b"webhook-signature",
        b"Authorization",
        b"idempotency-key",
        b"I-Twilio-Idempotency-Token",
    ]
)
HOSTILE = st.tuples(PATHS, QUERIES, st.lists(st.tuples(NAMES, VALUES), max_size=8), BODIES)


@settings(max_examples=25, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=12))
def test_what_nobody_signed_is_rejected_and_counted_whatever_its_shape(
    hostile: list[tuple[str, str, list[tuple[bytes, bytes]], bytes]],
) -> None:
    async def scenario() -> None:
        async with open_desk() as desk:
            for path, query, headers, body in hostile:
                status = await desk.ask(path + query, headers, body)
                assert 400 <= status < 500, (path, query, headers, body)
            assert desk.counted() == len(hostile)
            assert desk.counted("accepted", "journal_away") == 0
            lines = [each for each in desk.logged if each["event"] == "webhook.rejected"]
            assert all(each["log_level"] == "warning" for each in lines)
            assert all(len(repr(each)) < 250 for each in lines)
            assert not [each for each in desk.logged if each["log_level"] in ("error", "critical")]
            body = form()
            right = [(name.encode(), value.encode()) for name, value in signed(body).items()]
            assert await desk.ask(MESSAGES, right, body) == 200
            assert len(desk.intake.arrivals) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{MESSAGES}?bodySHA256=", b'{"AccountSid": "%s", "Body": "x"}' % ACCOUNT.encode()),
        (f"{MESSAGES}?bodySHA256=", form()),
        (f"{MESSAGES}?bodySHA256={HASH}", b'{"Body": "x"}'),
        (f"{STATUS}?bodySHA256=", form()),
        (REQUESTS, b'{"title": "x"}'),
    ],
)
async def test_a_flood_of_them_is_limited_and_fills_no_log(
    caplog: pytest.LogCaptureFixture, path: str, body: bytes
) -> None:
    headers = [
        (b"X-Twilio-Signature", b"x"),
        (b"Content-Type", b"application/json"),
        (b"webhook-id", b"msg_1"),
        (b"webhook-timestamp", b"\xff"),
        (b"webhook-signature", b"v1,\xff"),
    ]
    flood = 4 * WRONG_BURST
    loop = asyncio.get_running_loop()
    with caplog.at_level(logging.WARNING):
        async with open_desk() as desk:
            began = loop.time()
            statuses = [await desk.ask(path, headers, body) for _ in range(flood)]
            spent = loop.time() - began
    assert statuses[0] in (401, 403)
    assert set(statuses) <= {401, 403, 429}
    assert statuses[:WRONG_BURST] == [statuses[0]] * WRONG_BURST
    assert desk.counted("forged", "unknown", "too_many") == flood
    assert desk.counted("too_many") == statuses.count(429) > 0
    lines = [each for each in desk.logged if each["event"] == "webhook.rejected"]
    assert 1 <= len(lines) <= 1 + spent / LINE_EVERY
    assert not caplog.records


def test_one_line_a_client_every_few_seconds_says_how_many_there_were() -> None:
    now = [100.0]
    rejections = RejectionLog("twilio", clock=lambda: now[0])
    with capture_logs() as logged:
        for _ in range(5_516):
            rejections.note("192.0.2.1", "forged", TypeError("what the client sent"))
        rejections.note("192.0.2.2", "forged")
        now[0] += LINE_EVERY
        rejections.note("192.0.2.1", "too_many")
    assert [(each["outcome"], each.get("more")) for each in logged] == [
        ("forged", None),
        ("forged", None),
        ("too_many", 5_515),
    ]
    assert logged[0]["cause"] == "TypeError"
    assert "what the client sent" not in repr(logged)


async def test_whatever_fails_before_the_proof_is_no_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("the library fell over these bytes")

    monkeypatch.setattr(Signatures, "valid", broken)
    async with open_desk() as desk:
        assert await desk.ask(MESSAGES, [(b"X-Twilio-Signature", b"x")], form()) == 403
        assert desk.counted("forged") == 1


async def test_a_mistake_of_ours_after_the_proof_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(ArrivalBatcher, "accept", broken)
    body = form()
    right = [(name.encode(), value.encode()) for name, value in signed(body).items()]
    async with open_desk() as desk:
        assert await desk.ask(MESSAGES, right, body) == 500
        assert desk.counted("forged") == 0
