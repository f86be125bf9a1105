"""Calls: a greeting by the hour, a recording, one ticket for both parts in any order."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from intake.listeners.doors import doors
from intake.office import Office
from intake.replies.memory import MemorySender
from intake.settings.database import Database
from intake.work.triage import triage_messages
from tests.office import rows
from tests.telephony.place import (
    ACCOUNT,
    PUBLIC,
    TOKEN,
    TOKEN_PLACE,
    Clock,
    signed,
    telephone_office,
    twilio,
)

CALL = "CA" + "1" * 32
RECORDING = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE{'2' * 32}"
SATURDAY = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)


async def rings(office: Office, path: str, **more: str) -> httpx.Response:
    """Twilio posts to one of the doors."""
    settings = office.context.in_force.settings
    transport = httpx.ASGITransport(app=Starlette(routes=doors(office, settings)))
    fields = {"CallSid": CALL, "AccountSid": ACCOUNT, "From": "+551132345678", **more}
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        return await client.post(
            path,
            content=urlencode(fields),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signed(path, fields),
            },
        )


async def recorded(office: Office) -> httpx.Response:
    return await rings(
        office, "/twilio/voice/recorded", RecordingUrl=RECORDING, RecordingDuration="12"
    )


async def ended(office: Office) -> httpx.Response:
    return await rings(office, "/twilio/voice/ended", CallStatus="completed", CallDuration="25")


async def tickets(office: Office, clock: Clock) -> list[dict[str, Any]]:
    """After all that there is to wait for."""
    clock.pass_(150)
    waiting = await rows(office, "SELECT id FROM messages WHERE state = 'new' ORDER BY id")
    await triage_messages(office.context, [row["id"] for row in waiting])
    return await rows(office, "SELECT title, channel, description, sender FROM tickets")


async def test_the_greeting_depends_on_the_hour(database_settings: Database) -> None:
    clock = Clock()
    section = twilio(voice={"greeting": "Aberto", "greeting_closed": "Até {next_opening}"})
    async with telephone_office(database_settings, clock, MemorySender(), twilio=section) as office:
        answer = await rings(office, "/twilio/voice")
        assert '<Say language="pt-BR">Aberto</Say>' in answer.text
        assert f'action="{PUBLIC}/twilio/voice/recorded"' in answer.text
        clock.now = SATURDAY
        assert "Até segunda-feira, 30/11, às 9h" in (await rings(office, "/twilio/voice")).text


@pytest.mark.parametrize("parts", [(recorded, ended), (ended, recorded)])
async def test_a_recording_becomes_one_ticket(
    database_settings: Database, parts: tuple[Any, ...]
) -> None:
    clock, sender = Clock(), MemorySender()
    async with telephone_office(
        database_settings, clock, sender, twilio=twilio(voice={})
    ) as office:
        for part in (*parts, *parts):
            assert (await part(office)).status_code == 200
        [ticket] = await tickets(office, clock)
        assert (ticket["title"], ticket["channel"]) == ("Recado de voz", "voice")
        assert "12 s, de +551132345678" in ticket["description"]
        [file] = await rows(office, "SELECT url FROM message_files")
        assert file["url"] == f"{RECORDING}.mp3"
        replies = await rows(office, "SELECT state FROM replies")
        assert [row["state"] for row in replies] == ["suppressed"]


async def test_who_hangs_up_leaves_a_missed_call(database_settings: Database) -> None:
    clock = Clock()
    async with telephone_office(
        database_settings, clock, MemorySender(), twilio=twilio(voice={})
    ) as office:
        await ended(office)
        [ticket] = await tickets(office, clock)
        assert ticket["title"] == "Ligação perdida"


async def test_missed_calls_are_nothing_where_settings_say_so(
    database_settings: Database,
) -> None:
    clock = Clock()
    async with telephone_office(
        database_settings, clock, MemorySender(), twilio=twilio(voice={"missed_calls": False})
    ) as office:
        await ended(office)
        assert await tickets(office, clock) == []


async def test_a_forged_call_is_turned_away(database_settings: Database) -> None:
    async with telephone_office(
        database_settings, Clock(), MemorySender(), twilio=twilio(voice={})
    ) as office:
        settings = office.context.in_force.settings
        transport = httpx.ASGITransport(app=Starlette(routes=doors(office, settings)))
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
            answer = await client.post("/twilio/voice", data={"CallSid": CALL})
        assert answer.status_code == 403
