"""SIGHUP and the doors: apps come and go, the account at Twilio stays until the next start."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from intake.app.opening import Application, opened
from intake.app.webhooks import Webhooks, webhook_routes
from intake.cli.doctor import _doors as posted
from intake.daemon import reload
from intake.settings.database import Database
from intake.settings.model import Settings
from routing.vocabulary import Channel
from tests.application import settings
from tests.apps.house import OTHER_SECRET, REQUEST, SECRET, signed
from tests.telephony.place import ACCOUNT, TOKEN, TOKEN_PLACE, twilio

SITE = '[[app]]\nname = "site"\nsecrets = [{ env = "TEST_SITE_SECRET" }]\n'
CRM = '[[app]]\nname = "crm"\nsecrets = [{ env = "TEST_CRM_SECRET" }]\n'
LOST = '[[app]]\nname = "lost"\nsecrets = [{ env = "TEST_LOST_SECRET" }]\n'
ACCOUNTS = f"""
[twilio]
account_sid = "{ACCOUNT}"
auth_token = {{ env = "{TOKEN_PLACE}" }}
public_url = "https://desk.example.com"
"""


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_SITE_SECRET", SECRET)
    monkeypatch.setenv("TEST_CRM_SECRET", OTHER_SECRET)
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)


class TicketSummary:
    """An office with its doors, and the file that SIGHUP reads."""

    def __init__(
        self, application: Application, file: Path, client: httpx.AsyncClient, all_: Webhooks
    ) -> None:
        self.application = application
        self._file = file
        self._client = client
        self._doors = all_

    @property
    def config(self) -> Settings:
        return self.application.context.config.settings

    def reloads(self, *sections: str) -> None:
        outbox = '[replies]\nbackend = "maildir"\noutbox = "/nonexistent"\n'
        self._file.write_text("[rules]\nshipped = false\n" + outbox + "".join(sections))
        reload(self.application, self._file, self._doors)

    async def status(self, secret: str) -> int:
        """Of a request that is signed by it."""
        body = json.dumps(REQUEST).encode()
        headers = signed(body, secret=secret)
        return (await self._client.post("/v1/requests", content=body, headers=headers)).status_code


@asynccontextmanager
async def summary(
    database: Database, folder: Path, **sections: Any
) -> AsyncIterator[TicketSummary]:
    read = settings(database, **sections)
    async with opened(read) as application:
        all_ = Webhooks()
        all_.open(webhook_routes(application, read))
        transport = httpx.ASGITransport(app=Starlette(routes=[all_.route()]))
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            yield TicketSummary(application, folder / "settings.toml", client, all_)


async def test_apps_come_change_and_go(
    database_settings: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with summary(database_settings, tmp_path) as at:
        assert await at.status(SECRET) == 404
        at.reloads(SITE)
        assert await at.status(SECRET) == 202
        assert await at.status(OTHER_SECRET) == 401
        at.reloads(SITE, CRM)
        assert await at.status(OTHER_SECRET) == 202
        at.reloads(SITE, LOST)
        # Its secret is not there: refused as a whole, and nothing has changed.
        assert [app.name for app in at.config.app] == ["site", "crm"]
        assert await at.status(OTHER_SECRET) == 202
        at.reloads()
        assert await at.status(SECRET) == 404
    said = capsys.readouterr().out
    assert "TEST_LOST_SECRET is not set" in said
    assert "'app'" not in said


async def test_of_twilio_all_but_the_account_is_put_in_force(
    database_settings: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    section = twilio(whatsapp_from="")
    async with summary(
        database_settings, tmp_path, twilio=section, replies={"backend": "none"}
    ) as at:
        at.reloads(ACCOUNTS + 'whatsapp_from = "+5511400042222"\nsms_accents = false\n')
        assert "'twilio'" not in capsys.readouterr().out
        assert at.config.twilio is not None
        assert at.config.twilio.whatsapp_from == "+5511400042222"
        at.reloads(ACCOUNTS.replace("desk.example", "other.example") + "[twilio.voice]\n")
        assert at.config.twilio.public_url == "https://desk.example.com"
        assert at.config.twilio.voice is None
        assert "'twilio'" in capsys.readouterr().out


async def test_a_number_that_is_added_is_written_from_at_once(
    database_settings: Database, tmp_path: Path
) -> None:
    smtp = {"backend": "smtp"}
    section = twilio(whatsapp_from="")
    async with summary(database_settings, tmp_path, twilio=section, replies=smtp) as at:
        before = at.application.context.sender
        text = '[rules]\nshipped = false\n[replies]\nbackend = "smtp"\n' + ACCOUNTS
        file = tmp_path / "s.toml"
        file.write_text(text + 'sms_from = "+5511400042222"\n')
        reload(at.application, file)
        assert at.application.context.sender is not before
        assert Channel.SMS in at.application.context.sender._senders  # type: ignore[attr-defined]


def test_the_doctor_names_what_is_posted_to_us() -> None:
    read = Settings.model_validate(
        {
            "twilio": {**twilio(), "reconcile": False},
            "app": [
                {"name": "site", "secrets": [{"env": "TEST_SITE_SECRET"}]},
                {"name": "lost", "secrets": [{"env": "TEST_LOST_SECRET"}]},
            ],
            "http": {"enabled": False},
        }
    )
    found = {each.what: each for each in posted(read)}
    assert {what: each.well for what, each in found.items()} == {
        "twilio": True,
        "app:site": True,
        "app:lost": False,
        "http": False,
    }
    assert "/twilio/messages" in found["twilio"].detail
    assert "TEST_LOST_SECRET" in found["app:lost"].detail
