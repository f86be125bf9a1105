"""Clients that keep us waiting, send without end, or come in crowds: others are served."""

import asyncio

import pytest

from tests.http.served import GET, PATIENCE, Served, said, served

HEAD, REQUEST, IDLE = 10, 60, 75
"""Seconds, as the settings have them by default."""
SAID_503 = said(503, "Service Unavailable")
BEGUN = b"GET /who HTTP/1.1\r\nHost: x\r\nX-More: "


async def is_served(one: Served) -> bool:
    return (await one.ask())[0] == 200


async def test_a_head_that_does_not_end_is_not_waited_for() -> None:
    async with served() as one:
        slow = await one.connect()
        await slow.send(BEGUN)
        assert await is_served(one)
        one.clock.now += HEAD - 1
        # More of it gives no more time.
        await slow.send(b"a")
        assert await is_served(one)
        one.clock.now += 2
        assert (await slow.answer())[0] == 408
        assert await slow.rest() == b""
        assert one.refused("slow_head") == 1


async def test_who_says_nothing_at_all_is_not_waited_for() -> None:
    async with served() as one:
        silent = await one.connect()
        assert await is_served(one)
        one.clock.now += HEAD + 1
        assert await silent.rest() == b""


@pytest.mark.parametrize("noise", [b"", b"\r\n"])
async def test_a_connection_that_is_kept_ends_in_the_end(noise: bytes) -> None:
    async with served() as one:
        kept = await one.connect()
        await kept.send(GET)
        assert (await kept.answer())[0] == 200
        one.clock.now += IDLE - 1
        await kept.send(noise)
        await kept.send(GET)
        assert (await kept.answer())[0] == 200
        one.clock.now += IDLE - 1
        await kept.send(noise)
        assert await is_served(one)
        one.clock.now += 2
        assert await kept.rest() == b""
        assert one.refused("idle") == 0


async def test_a_second_head_has_its_own_time() -> None:
    async with served() as one:
        client = await one.connect()
        await client.send(GET)
        await client.answer()
        one.clock.now += IDLE - 1
        await client.send(BEGUN)
        assert await is_served(one)
        one.clock.now += HEAD - 1
        await client.send(b"a\r\n\r\n")
        assert (await client.answer())[0] == 200


async def test_a_body_that_nobody_reads_is_not_waited_for() -> None:
    async with served() as one:
        slow = await one.connect()
        await slow.send(b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\nx")
        assert (await slow.answer())[0] == 404
        await slow.send(b"x")
        assert await is_served(one)
        one.clock.now += HEAD + 1
        assert await slow.rest() == b""
        assert one.refused("slow_rest") == 1


async def test_who_does_not_take_our_answer_is_left() -> None:
    async with served() as one:
        slow = await one.connect()
        await slow.send(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n" * 8)
        assert await is_served(one)
        one.clock.now += REQUEST + 1
        await one.has_refused("slow_request")


async def test_a_request_that_takes_long_is_ended() -> None:
    async with served() as one:
        client = await one.connect()
        await client.send(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
        await one.held.acquire()
        one.clock.now += REQUEST - 1
        assert await is_served(one)
        one.clock.now += 2
        assert await client.rest() == b""
        assert one.refused("slow_request") == 1


@pytest.mark.parametrize(
    "head",
    [
        b"GET /who HTTP/1.1\r\nHost: x\r\n" + b"X-Many: a\r\n" * 3000 + b"\r\n",
        b"GET /who?" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        # Without an end: what has come is counted.
        BEGUN + b"a" * 600_000,
    ],
    ids=["many", "address", "endless"],
)
async def test_a_head_without_measure_is_refused(head: bytes) -> None:
    async with served() as one:
        client = await one.connect()
        for start in range(0, len(head), 50_000):
            try:
                await client.send(head[start : start + 50_000])
            except ConnectionError:
                # It has heard enough.
                break
        assert await client.rest() in (b"", said(431, "Request Header Fields Too Large"))
        assert await is_served(one)


async def test_a_head_just_within_the_measure_is_taken() -> None:
    async with served() as one:
        head = b"GET /who HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 30_000 + b"\r\n\r\n"
        client = await one.connect()
        for start in range(0, len(head), 1000):
            await client.send(head[start : start + 1000])
        assert (await client.answer())[0] == 200


async def test_one_address_has_only_so_many_connections() -> None:
    async with served(connections_per_address=3, trusted_proxies=[]) as one:
        crowd = [await one.connect() for _ in range(3)]
        over = await one.connect()
        assert await over.rest() in (b"", SAID_503)
        assert one.refused("too_many_of_one") == 1
        assert (await one.ask(source="127.0.0.2"))[0] == 200
        crowd.pop().close()
        async with asyncio.timeout(PATIENCE):
            # The place is free once the server has seen it.
            while not await was_let_in(one):
                pass


async def was_let_in(one: Served) -> bool:
    try:
        return await is_served(one)
    except (EOFError, ConnectionError):
        return False


async def test_a_trusted_proxy_has_as_many_as_it_needs() -> None:
    async with served(connections_per_address=3) as one:
        clients = [await one.connect() for _ in range(10)]
        for client in clients:
            await client.send(GET)
            assert (await client.answer())[0] == 200


async def test_in_a_full_house_the_one_that_waits_longest_gives_way() -> None:
    async with served(connections=8) as one:
        crowd = [await one.connect() for _ in range(8)]
        # The first asks for something: the second is now the one that has waited longest.
        await crowd[0].send(GET)
        assert (await crowd[0].answer())[0] == 200
        assert await is_served(one)
        assert await crowd[1].rest() == b""
        await crowd[0].send(GET)
        assert (await crowd[0].answer())[0] == 200
        assert one.refused("gave_way") == 1


async def test_a_connection_that_is_only_kept_gives_way_too() -> None:
    async with served(connections=8) as one:
        crowd = [await one.connect() for _ in range(8)]
        for client in crowd:
            await client.send(GET)
            assert (await client.answer())[0] == 200
        assert await is_served(one)
        assert await crowd[0].rest() == b""


async def test_work_in_hand_gives_way_to_nobody() -> None:
    async with served(connections=8) as one:
        crowd = [await one.connect() for _ in range(8)]
        for client in crowd:
            await client.send(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
            await one.held.acquire()
        over = await one.connect()
        assert await over.rest() in (b"", SAID_503)
        assert one.refused("too_many") == 1
        one.release.set()
        for client in crowd:
            assert (await client.answer()) == (200, b"held")
