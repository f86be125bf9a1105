"""The demo's app: sends a signed request to the daemon's webhook (Standard Webhooks)."""

import os
import secrets
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import httpx
from standardwebhooks.webhooks import Webhook

from intake.ports.webhook_paths import REQUESTS
from intake.settings.apps import App
from intake.settings.credential import Credential
from intake.settings.package_data import package_data

SAMPLES = package_data("samples") / "apps"
NAME = "demo"
SECRET = "INTAKE_DEMO_APP_SECRET"


def app() -> App:
    """An app whose secret exists only in this process."""
    os.environ.setdefault(SECRET, f"whsec_{b64encode(secrets.token_bytes(32)).decode()}")
    return App(name=NAME, secrets=(Credential(env=SECRET),))


def keys() -> list[str]:
    """The requests' message keys, as the webhook makes them."""
    return [f"app:{NAME}:{_webhook_id(sample)}" for sample in _requests()]


async def ask(client: httpx.AsyncClient, port: int) -> None:
    """Post each request. The daemon ignores those that it already has."""
    for sample in _requests():
        body, now = sample.read_text("utf-8"), datetime.now(UTC)
        webhook_id = _webhook_id(sample)
        answer = await client.post(
            f"http://127.0.0.1:{port}{REQUESTS}",
            content=body.encode(),
            headers={
                "content-type": "application/json",
                "webhook-id": webhook_id,
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": Webhook(os.environ[SECRET]).sign(webhook_id, now, body),
            },
        )
        answer.raise_for_status()


def _requests() -> list[Path]:
    return sorted(SAMPLES.glob("*.json"))


def _webhook_id(sample: Path) -> str:
    return f"msg_{sample.stem}"
