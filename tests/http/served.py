"""The HTTP server on loopback: a few routes of the tests', a clock moved by hand, raw clients."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from intake.metrics import Metrics
from intake.net.request_limits import Unfinished, caller, read_body
from intake.settings.http import Http
from intake.web.health import Health
from intake.web.server import ENDPOINT, serving

PATIENCE = 20
"""Seconds that anything on loopback may take on a busy machine."""
GET = b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 4_000_000
"""Bytes of the answer at `/large`: more than sockets hold."""


class Clock:
    """Seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Client:
    """One connection, written to and read from as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def answer(self) -> tuple[int, bytes]:
        """One answer: status and body."""
        async with asyncio.timeout(PATIENCE):
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            return int(head.split()[1]), await self._reader.readexactly(length)

    async def rest(self) -> bytes:
        """All that comes until the server ends the connection."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""

    def close(self) -> None:
        self._writer.close()


@dataclass
class Served:
    """Made by `served`."""

    clock: Clock
    metrics: Metrics
    release: asyncio.Event
    """Until it is set, `/held` does not answer."""
    held: asyncio.Semaphore
    """Released for each request that has come to `/held`."""
    address: str = ""
    clients: list[Client] = field(default_factory=list)

    async def connect(self, source: str = "127.0.0.1") -> Client:
        """From that address of loopback."""
        where = urlsplit(self.address)
        reader, writer = await asyncio.open_connection(
            where.hostname, where.port, local_addr=(source, 0)
        )
        self.clients.append(Client(reader, writer))
        return self.clients[-1]

    async def ask(self, data: bytes = GET, source: str = "127.0.0.1") -> tuple[int, bytes]:
        """On a connection of its own."""
        client = await self.connect(source)
        await client.send(data)
        try:
            return await client.answer()
        finally:
            client.close()

    def refused(self, why: str) -> float:
        """How often, so far."""
        labels = {"endpoint": ENDPOINT, "outcome": why}
        return self.metrics.registry.get_sample_value("intake_webhooks_total", labels) or 0.0

    async def has_refused(self, why: str, times: int = 1) -> None:
        """Wait for it."""
        async with asyncio.timeout(PATIENCE):
            while self.refused(why) < times:
                await self.ask()


def said(status: int, words: str) -> bytes:
    """What the server says without the application."""
    return (
        f"HTTP/1.1 {status} {words}\r\ncontent-type: text/plain; charset=utf-8\r\n"
        f"connection: close\r\ncontent-length: {len(words) + 1}\r\n\r\n{words}\n"
    ).encode()


@asynccontextmanager
async def served(**settings: Any) -> AsyncIterator[Served]:
    """With these keys of [http]."""
    one = Served(Clock(), Metrics(), asyncio.Event(), asyncio.Semaphore(0))
    health = Health(None, one.metrics)  # type: ignore[arg-type]
    http = Http.model_validate({"port": 0, **settings})
    async with serving(http, health, _routes(one), clock=one.clock) as one.address:
        try:
            yield one
        finally:
            one.release.set()
            for client in one.clients:
                client.close()


def _routes(one: Served) -> list[Route]:
    async def who(request: Request) -> Response:
        return JSONResponse({"caller": caller(request), "scheme": request.url.scheme})

    async def echo(request: Request) -> Response:
        try:
            return PlainTextResponse(await read_body(request, most=LARGE, seconds=PATIENCE))
        except Unfinished:
            return PlainTextResponse("unfinished", 400)

    async def held(_: Request) -> Response:
        one.held.release()
        await one.release.wait()
        return PlainTextResponse("held")

    async def large(_: Request) -> Response:
        return PlainTextResponse("x" * LARGE)

    handlers: dict[str, Callable[[Request], Awaitable[Response]]] = {
        "/who": who,
        "/echo": echo,
        "/held": held,
        "/large": large,
    }
    return [Route(path, each, methods=["GET", "POST"]) for path, each in handlers.items()]
