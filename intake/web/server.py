"""The HTTP server: `/healthz` for a watchdog or load balancer, `/metrics` for Prometheus, and
webhooks.

It listens on loopback by default.
"""

import asyncio
import math
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial

import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from intake.settings.http import Http
from intake.web.connections import Connections
from intake.web.health import Health
from intake.web.protocol import LimitedConfig

log = structlog.get_logger()
BACKLOG = 1024
"""Connections that may wait to be accepted."""
ENDPOINT = "http"
"""The name under which the metrics count the server's own refusals."""
SWEEP = 2
"""Number of uvicorn's ticks (0.1 s each) between two checks for overdue connections."""


class HttpUnavailable(Exception):
    """the HTTP server cannot listen where the settings say"""


def asgi_app(health: Health, webhook_routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The application with all routes of the daemon; `doors` are the webhooks' routes."""

    async def healthz(_: Request) -> Response:
        report = await health.report()
        return JSONResponse(report.as_json(), status_code=200 if report.healthy else 503)

    async def metrics(_: Request) -> Response:
        await health.measure()
        return Response(generate_latest(health.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/metrics", metrics), *webhook_routes]
    )


@asynccontextmanager
async def serving(
    settings: Http,
    health: Health,
    webhook_routes: Sequence[BaseRoute] = (),
    *,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[str]:
    """Serve until the block ends. Gives the server's address; `clock` is in seconds.

    Raises HttpUnavailable if the port is taken or not allowed.
    """
    try:
        listening = listening_at(settings.host, settings.port)
    except OSError as error:
        raise HttpUnavailable(
            f"{settings.host}:{settings.port}: {error.strerror}; "
            "set http.port to a free port, or to 0 for any"
        ) from error
    connections = Connections(
        settings, refused=partial(health.metrics.count_request, ENDPOINT), clock=clock
    )
    config = LimitedConfig(
        app=asgi_app(health, webhook_routes),
        connections=connections,
        head_bytes=settings.head_bytes,
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=math.ceil(settings.idle_seconds),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    server = WatchedServer(config)
    task = asyncio.create_task(server.serve([listening]), name="http")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    address = f"http://{host}:{listening.getsockname()[1]}"
    log.info("http.serving", address=address)
    try:
        yield address
    finally:
        server.should_exit = True
        await task


def listening_at(host: str, port: int) -> socket.socket:
    """A TCP socket that listens at this address. Raises OSError."""
    # asyncio sets TCP_NODELAY on accepted connections only if the protocol is named here. Without
    # it, a response's body waits 40 ms for the client to acknowledge the response's head.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening


class Server(uvicorn.Server):
    """uvicorn's server without signal handlers: whoever runs it handles signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no signal handlers."""
        yield


class WatchedServer(Server):
    """A server that ends overdue connections."""

    def __init__(self, config: LimitedConfig) -> None:
        super().__init__(config)
        self._connections = config.connections

    async def on_tick(self, counter: int) -> bool:
        """Called by uvicorn ten times a second."""
        if counter % SWEEP == 0:
            self._connections.sweep()
        return await super().on_tick(counter)
