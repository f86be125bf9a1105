"""Serves the daemon's webhooks over its own store, in its own process, and an empty webhook.

Prints the server's address. Ends when standard input is closed.
"""

import asyncio
import os
import sys
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from intake import memory
from intake.app.opening import opened
from intake.app.webhooks import webhook_routes
from intake.settings.model import Settings
from intake.web.health import Health
from intake.web.server import serving

ACCOUNT = "AC" + "1" * 32
TOKEN = "bench"
TOKEN_PLACE = "BENCH_TWILIO_TOKEN"
PUBLIC_URL = "https://desk.example.com"
EMPTY = "/empty"


def settings(folder: Path) -> Settings:
    """A Twilio account and an embedded database with fsync on, nothing else."""
    return Settings.model_validate(
        {
            "database": {"folder": str(folder / "journal")},
            "http": {"port": 0},
            "rules": {"shipped": False},
            "replies": {"backend": "none"},
            "twilio": {
                "account_sid": ACCOUNT,
                "auth_token": {"env": TOKEN_PLACE},
                "public_url": PUBLIC_URL,
                "reconcile": False,
            },
        }
    )


async def empty(request: Request) -> Response:
    """Read the body and do nothing else."""
    await request.body()
    return Response("<Response/>", media_type="text/xml")


async def serve(folder: Path) -> None:
    """Serve until standard input is closed. Then print how many messages were stored."""
    memory.prefer_few_heaps()
    os.environ[TOKEN_PLACE] = TOKEN
    ours = settings(folder)
    async with opened(ours) as application:
        routes = [*webhook_routes(application, ours), Route(EMPTY, empty, methods=["POST"])]
        async with serving(
            ours.http, Health(application.database, application.metrics), routes
        ) as address:
            # The daemon does the same after it has started.
            memory.freeze_heap()
            print(address, flush=True)
            await asyncio.to_thread(sys.stdin.read)
            async with application.database.transaction() as connection:
                cursor = await connection.execute("SELECT count(*) AS n FROM messages")
                row = await cursor.fetchone()
    print(row["n"] if row else 0, flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
