"""The HTTP server's socket."""

import asyncio
import socket

import pytest

from intake.web.server import listening_at


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_an_answer_does_not_wait_for_the_acknowledgement_of_its_head(host: str) -> None:
    undelayed: asyncio.Queue[int] = asyncio.Queue()

    async def look(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = writer.get_extra_info("socket")
        await undelayed.put(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = listening_at(host, 0)
    async with await asyncio.start_server(look, sock=listening):
        _, writer = await asyncio.open_connection(host, listening.getsockname()[1])
        assert await undelayed.get() == 1
        writer.close()


def test_a_taken_port_is_an_error() -> None:
    with listening_at("127.0.0.1", 0) as first, pytest.raises(OSError, match="in use"):
        listening_at("127.0.0.1", first.getsockname()[1])
