"""The HTTP server: `/healthz` for a watchdog or a load balancer, `/metrics` for Prometheus.

Loopback by default. The doors for webhooks hang their routes on the same application.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from intake.http.health import Health
from intake.settings.operations import Http

log = structlog.get_logger()


class HttpUnavailable(Exception):
    """the HTTP server cannot listen where the settings say"""


def application(health: Health, doors: Sequence[BaseRoute] = ()) -> Starlette:
    """All routes of the daemon, those of the doors first."""

    async def healthz(_: Request) -> Response:
        report = await health.report()
        return JSONResponse(report.as_json(), status_code=200 if report.healthy else 503)

    async def metrics(_: Request) -> Response:
        await health.refresh()
        return Response(generate_latest(health.meters.registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[*doors, Route("/healthz", healthz), Route("/metrics", metrics)])


@asynccontextmanager
async def serving(
    settings: Http, health: Health, doors: Sequence[BaseRoute] = ()
) -> AsyncIterator[str]:
    """Serve until the block ends; gives the server's address.

    Raises HttpUnavailable where the port is taken or not allowed.
    """
    try:
        listening = socket.create_server(
            (settings.host, settings.port),
            family=socket.AF_INET6 if ":" in settings.host else socket.AF_INET,
        )
    except OSError as error:
        raise HttpUnavailable(
            f"{settings.host}:{settings.port}: {error.strerror}; "
            "set http.port to a free port, or to 0 for any"
        ) from error
    config = uvicorn.Config(
        application(health, doors),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    server = Server(config)
    task = asyncio.create_task(server.serve([listening]), name="http")
    address = f"http://{settings.host}:{listening.getsockname()[1]}"
    log.info("http.serving", address=address)
    try:
        yield address
    finally:
        server.should_exit = True
        await task


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None of ours."""
        yield
