"""The daemon's own doors over its own journal, in a process of their own; and an empty door.

Prints the server's address. Ends with its standard input.
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
from intake.app.webhooks import doors
from intake.settings.model import Settings
from intake.web.health import Health
from intake.web.server import serving

ACCOUNT = "AC" + "1" * 32
TOKEN = "bench"
TOKEN_PLACE = "BENCH_TWILIO_TOKEN"
PUBLIC_URL = "https://desk.example.com"
EMPTY = "/empty"


def settings(folder: Path) -> Settings:
    """An account at Twilio, an embedded journal with fsync on, nothing else."""
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
    """Reads the body, and no more."""
    await request.body()
    return Response("<Response/>", media_type="text/xml")


async def serve(folder: Path) -> None:
    """Until standard input ends."""
    memory.prefer_few_heaps()
    os.environ[TOKEN_PLACE] = TOKEN
    ours = settings(folder)
    async with opened(ours) as application:
        routes = [*doors(application, ours), Route(EMPTY, empty, methods=["POST"])]
        async with serving(
            ours.http, Health(application.database, application.metrics), routes
        ) as address:
            # As the daemon does once all is open.
            memory.freeze_heap()
            print(address, flush=True)
            await asyncio.to_thread(sys.stdin.read)
            async with application.database.transaction() as connection:
                cursor = await connection.execute("SELECT count(*) AS n FROM messages")
                row = await cursor.fetchone()
    print(row["n"] if row else 0, flush=True)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
