"""HTTP as strangers speak it: requests in advance, other protocols offered, nonsense."""

import logging

import pytest

from tests.http.served import GET, said, served


def post(body: bytes, *headers: bytes) -> bytes:
    head = [b"POST /echo HTTP/1.1", b"Host: x", b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


async def test_requests_in_advance_are_answered_in_their_order() -> None:
    async with served() as one:
        client = await one.connect()
        await client.send(b"".join(post(b"%d" % n) for n in range(12)))
        assert [await client.answer() for _ in range(12)] == [(200, b"%d" % n) for n in range(12)]


async def test_too_many_in_advance_end_the_connection() -> None:
    async with served() as one:
        client = await one.connect()
        await client.send(GET * 5000)
        assert (await client.rest()).count(b"HTTP/1.1 200") < 5000
        assert (await one.ask())[0] == 200


OFFER = (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk")


async def test_an_offered_protocol_is_ignored_and_the_body_read() -> None:
    # As Java's client does it: without this the body would be lost, and its signature never fit.
    async with served() as one:
        client = await one.connect()
        await client.send(post(b"hello", *OFFER))
        assert await client.answer() == (200, b"hello")
        request = post(b"again", *OFFER)
        await client.send(request[:-3])
        await client.send(request[-3:])
        assert await client.answer() == (200, b"again")
        await client.send(post(b"plain"))
        assert await client.answer() == (200, b"plain")


async def test_an_offer_does_not_keep_a_connection_that_is_to_end() -> None:
    async with served() as one:
        client = await one.connect()
        await client.send(post(b"hello", b"Connection: close, Upgrade", b"Upgrade: h2c"))
        assert await client.answer() == (200, b"hello")
        assert await client.rest() == b""


@pytest.mark.parametrize(
    "nonsense",
    [
        b"CONNECT desk:443 HTTP/1.1\r\nHost: desk:443\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"GET /who HTTP/1.1\r\nHost: x\r\nX: a\x00b\r\n\r\n",
        b"GET http://x:99999/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"hello\r\n\r\n",
    ],
)
async def test_nonsense_is_one_plain_answer_and_no_line_in_the_log(
    nonsense: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with served() as one:
        client = await one.connect()
        with caplog.at_level(logging.WARNING):
            await client.send(nonsense)
            assert await client.rest() == said(400, "Bad Request")
        assert not caplog.records
        assert (await one.ask())[0] == 200


async def test_who_leaves_in_the_middle_leaves_no_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with served() as one:
        with caplog.at_level(logging.WARNING):
            for begun in (b"GET /wh", post(b"x" * 100)[:-50], GET[:-2]):
                client = await one.connect()
                await client.send(begun)
                client.close()
            assert (await one.ask())[0] == 200
        assert not [each for each in caplog.records if each.levelno >= logging.ERROR]


async def test_offers_in_advance_are_ignored_each(caplog: pytest.LogCaptureFixture) -> None:
    async with served() as one:
        client = await one.connect()
        with caplog.at_level(logging.WARNING):
            await client.send(b"".join(post(b"%d" % n, *OFFER) for n in range(3)))
            assert [await client.answer() for _ in range(3)] == [(200, b"%d" % n) for n in range(3)]
        assert not caplog.records
