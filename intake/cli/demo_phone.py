"""The demo's telephone: posts samples, signed as by Twilio, to the daemon's webhook."""

import asyncio
import contextlib
import json
import os
import secrets
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_fixed
from twilio.request_validator import RequestValidator

from intake.ports.webhook_paths import MESSAGES
from intake.settings.conversations import Conversations
from intake.settings.credential import Credential
from intake.settings.model import Settings
from intake.settings.package_data import package_data
from intake.settings.twilio import Twilio
from intake.settings.voice import Voice
from intake.web.server import Server

SAMPLES = package_data("samples") / "phone"
ACCOUNT = "AC" + "d" * 32
TOKEN = "INTAKE_DEMO_TOKEN"
PUBLIC = "https://demo.invalid"
OURS = "+5511400041111"
SILENCE = 2.0
"""Seconds of `conversations.quiet_seconds` in the demo; the default of 20 is too long to watch."""
SHORTEST_START = 30


def free_port() -> int:
    """A port on which nobody listens at this moment."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as held:
        return int(held.getsockname()[1])


def with_phone(settings: Settings, port: int, voice: Voice) -> Settings:
    """The same settings, with a Twilio account that exists only in this process."""
    os.environ.setdefault(TOKEN, secrets.token_hex())
    account = Twilio(
        account_sid=ACCOUNT,
        auth_token=Credential(env=TOKEN),
        public_url=PUBLIC,
        whatsapp_from=OURS,
        sms_from=OURS,
        voice=voice,
        media_hosts=("127.0.0.1",),
        reconcile=False,
    )
    return settings.model_copy(
        update={
            "twilio": account,
            "conversations": Conversations(quiet_seconds=SILENCE),
            "http": settings.http.model_copy(update={"enabled": True, "port": port}),
        }
    )


def talks() -> list[list[dict[str, Any]]]:
    """The sample messages of each person, in order."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(SAMPLES.glob("*.json"))]


def keys() -> list[str]:
    """The messages' keys, as the webhook makes them."""
    return [f"twilio:{message['MessageSid']}" for talk in talks() for message in talk]


async def post(client: httpx.AsyncClient, port: int, path: str, fields: Mapping[str, str]) -> None:
    """Post a signed form as Twilio does. Retries while the daemon is starting."""
    signature = RequestValidator(os.environ[TOKEN]).compute_signature(f"{PUBLIC}{path}", fields)
    async for attempt in AsyncRetrying(
        retry=retry_if_exception_type(httpx.TransportError),
        stop=stop_after_delay(SHORTEST_START),
        wait=wait_fixed(0.2),
        reraise=True,
    ):
        with attempt:
            answer = await client.post(
                f"http://127.0.0.1:{port}{path}",
                data=dict(fields),
                headers={"X-Twilio-Signature": signature},
            )
            answer.raise_for_status()


async def write(
    client: httpx.AsyncClient, port: int, photos: str, talk: Sequence[Mapping[str, Any]]
) -> None:
    for message in talk:
        await asyncio.sleep(message["after"])
        fields = {key: value for key, value in message.items() if key not in ("after", "photo")}
        fields |= {"AccountSid": ACCOUNT, "To": OURS, "NumMedia": "0"}
        if photo := message.get("photo"):
            fields |= {
                "NumMedia": "1",
                "MediaUrl0": f"{photos}/{photo}",
                "MediaContentType0": "image/png",
            }
        await post(client, port, MESSAGES, fields)


@asynccontextmanager
async def files() -> AsyncIterator[str]:
    """Serve the sample files in place of Twilio. Gives the server's address."""
    app = Starlette(routes=[Mount("/", StaticFiles(directory=SAMPLES))])
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = Server(config)
    task = asyncio.create_task(server.serve([listening]), name="demo files")
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
