"""The HTTP server: `/healthz` for a watchdog or a load balancer, `/metrics` for Prometheus.

Loopback by default. The doors for webhooks hang their routes on the same application.
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
from intake.web.protocol import WireConfig

log = structlog.get_logger()
BACKLOG = 1024
"""Connections that may wait to be accepted."""
DOOR = "http"
"""How the server itself is called among the doors, for what it turns away."""
SWEEP = 2
"""Ticks of uvicorn's, of a tenth of a second, between two looks for overdue connections."""


class HttpUnavailable(Exception):
    """the HTTP server cannot listen where the settings say"""


def asgi_app(health: Health, doors: Sequence[BaseRoute] = ()) -> Starlette:
    """All routes of the daemon, those of the doors last."""

    async def healthz(_: Request) -> Response:
        report = await health.report()
        return JSONResponse(report.as_json(), status_code=200 if report.healthy else 503)

    async def metrics(_: Request) -> Response:
        await health.measure()
        return Response(generate_latest(health.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics), *doors])


@asynccontextmanager
async def serving(
    settings: Http,
    health: Health,
    doors: Sequence[BaseRoute] = (),
    *,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[str]:
    """Serve until the block ends; gives the server's address. `clock` in seconds.

    Raises HttpUnavailable where the port is taken or not allowed.
    """
    try:
        listening = listening_at(settings.host, settings.port)
    except OSError as error:
        raise HttpUnavailable(
            f"{settings.host}:{settings.port}: {error.strerror}; "
            "set http.port to a free port, or to 0 for any"
        ) from error
    connections = Connections(settings, refused=partial(health.metrics.knocked, DOOR), clock=clock)
    config = WireConfig(
        app=asgi_app(health, doors),
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
    """A TCP socket that listens there. Raises OSError."""
    # With its protocol named: only then does asyncio set TCP_NODELAY on what it accepts. Without
    # it an answer's body waits 40 ms for the client to acknowledge the answer's head.
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
    """Leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None of ours."""
        yield


class WatchedServer(Server):
    """Has an eye on its connections."""

    def __init__(self, config: WireConfig) -> None:
        super().__init__(config)
        self._connections = config.connections

    async def on_tick(self, counter: int) -> bool:
        """Uvicorn's, ten times a second."""
        if counter % SWEEP == 0:
            self._connections.sweep()
        return await super().on_tick(counter)
