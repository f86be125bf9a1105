"""Calls: a greeting by the hour, a recording, one ticket for both parts in any order."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from starlette.applications import Starlette

from intake.app.opening import Application
from intake.app.webhooks import webhook_routes
from intake.jobs.triage import triage_messages
from intake.ports.memory_sender import MemorySender
from intake.settings.database import Database
from tests.application import rows
from tests.telephony.place import (
    ACCOUNT,
    PUBLIC,
    TOKEN,
    TOKEN_PLACE,
    Clock,
    signed,
    telephone_application,
    twilio,
)

CALL = "CA" + "1" * 32
RECORDING = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE{'2' * 32}"
SATURDAY = datetime(2026, 11, 28, 13, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN_PLACE, TOKEN)


async def rings(application: Application, path: str, **more: str) -> httpx.Response:
    """Twilio posts to one of the doors."""
    settings = application.context.config.settings
    transport = httpx.ASGITransport(app=Starlette(routes=webhook_routes(application, settings)))
    fields = {"CallSid": CALL, "AccountSid": ACCOUNT, "From": "+551132345678", **more}
    fields = {name: value for name, value in fields.items() if value}
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
        return await client.post(
            path,
            content=urlencode(fields),
            headers={
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Twilio-Signature": signed(path, fields),
            },
        )


async def recorded(application: Application) -> httpx.Response:
    return await rings(
        application, "/twilio/voice/recorded", RecordingUrl=RECORDING, RecordingDuration="12"
    )


async def ended(application: Application) -> httpx.Response:
    return await rings(
        application, "/twilio/voice/ended", CallStatus="completed", CallDuration="25"
    )


async def tickets(application: Application, clock: Clock) -> list[dict[str, Any]]:
    """After all that there is to wait for."""
    clock.pass_(150)
    waiting = await rows(application, "SELECT id FROM messages WHERE state = 'new' ORDER BY id")
    await triage_messages(application.context, [row["id"] for row in waiting])
    return await rows(application, "SELECT title, channel, description, sender FROM tickets")


async def test_the_greeting_depends_on_the_hour(database_settings: Database) -> None:
    clock = Clock()
    section = twilio(voice={"greeting": "Aberto", "greeting_closed": "Até {next_opening}"})
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=section
    ) as application:
        answer = await rings(application, "/twilio/voice")
        assert '<Say language="pt-BR">Aberto</Say>' in answer.text
        assert f'action="{PUBLIC}/twilio/voice/recorded"' in answer.text
        clock.now = SATURDAY
        assert "Até segunda-feira, 30/11, às 9h" in (await rings(application, "/twilio/voice")).text


@pytest.mark.parametrize("parts", [(recorded, ended), (ended, recorded)])
async def test_a_recording_becomes_one_ticket(
    database_settings: Database, parts: tuple[Any, ...]
) -> None:
    clock, sender = Clock(), MemorySender()
    async with telephone_application(
        database_settings, clock, sender, twilio=twilio(voice={})
    ) as application:
        for part in (*parts, *parts):
            assert (await part(application)).status_code == 200
        [ticket] = await tickets(application, clock)
        assert (ticket["title"], ticket["channel"]) == ("Recado de voz", "voice")
        assert "12 s, de +551132345678" in ticket["description"]
        [file] = await rows(application, "SELECT url FROM message_files")
        assert file["url"] == f"{RECORDING}.mp3"
        replies = await rows(application, "SELECT state FROM replies")
        assert [row["state"] for row in replies] == ["suppressed"]


@pytest.mark.parametrize("parts", [(recorded, ended), (ended, recorded)])
@pytest.mark.parametrize("closed", [False, True])
async def test_parts_of_a_call_that_come_far_apart_are_one_ticket(
    database_settings: Database, parts: tuple[Any, ...], closed: bool
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=twilio(voice={})
    ) as application:
        await parts[0](application)
        [first] = await tickets(application, clock)
        if closed:
            await rows(
                application,
                "UPDATE tickets SET stage = 'done', closed_at = %s RETURNING 1",
                [clock()],
            )
        await parts[1](application)
        assert await tickets(application, clock) == [first]
        said = await rows(
            application, "SELECT kind, body FROM ticket_entries WHERE kind = 'message' ORDER BY id"
        )
        # That a call ended says nothing; a recording is heard, and opens again what was closed.
        heard = parts[1] is recorded
        assert len(said) == int(heard)
        [stage] = await rows(application, "SELECT stage FROM tickets")
        assert stage["stage"] == ("done" if closed and not heard else "new")


async def test_who_hangs_up_leaves_a_missed_call(database_settings: Database) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=twilio(voice={})
    ) as application:
        await ended(application)
        [ticket] = await tickets(application, clock)
        assert ticket["title"] == "Ligação perdida"


async def test_missed_calls_are_nothing_where_settings_say_so(
    database_settings: Database,
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=twilio(voice={"missed_calls": False})
    ) as application:
        await ended(application)
        assert await tickets(application, clock) == []


async def understood(
    application: Application, piece: int, words: str, **more: str
) -> httpx.Response:
    """A piece of a call under way; its form has no caller."""
    data = json.dumps({"transcript": words, "confidence": 0.9})
    fields = {
        "TranscriptionSid": "GT" + "3" * 32,
        "TranscriptionEvent": "transcription-content",
        "TranscriptionData": data,
        "SequenceId": str(piece),
        "Final": "true",
        "LanguageCode": "pt-BR",
        "Track": "inbound_track",
        "From": "",
    }
    return await rings(application, "/twilio/voice/transcribed", **{**fields, **more})


async def written_down(application: Application, **more: str) -> httpx.Response:
    """All of a recording, some time after it."""
    fields = {
        "TranscriptionSid": "TR" + "3" * 32,
        "TranscriptionStatus": "completed",
        "TranscriptionText": "my app does not open",
        "RecordingUrl": RECORDING,
    }
    return await rings(application, "/twilio/voice/transcribed", **{**fields, **more})


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ("none", ()),
        (
            "live",
            (
                'languageCode="pt-BR"',
                f'statusCallbackUrl="{PUBLIC}/twilio/voice/transcribed"',
                'track="inbound_track"',
            ),
        ),
        (
            "english",
            ('transcribe="true"', f'transcribeCallback="{PUBLIC}/twilio/voice/transcribed"'),
        ),
    ],
)
async def test_who_writes_down_what_is_said_is_for_the_settings(
    database_settings: Database, how: str, wanted: tuple[str, ...]
) -> None:
    section = twilio(voice={"transcription": how})
    async with telephone_application(
        database_settings, Clock(), MemorySender(), twilio=section
    ) as application:
        answer = (await rings(application, "/twilio/voice")).text
        assert all(each in answer for each in wanted)
        assert ("ranscri" in answer) is bool(wanted)


async def test_what_is_understood_while_a_call_lasts_is_the_tickets_text(
    database_settings: Database,
) -> None:
    clock, section = Clock(), twilio(voice={"transcription": "live"})
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=section
    ) as application:
        await understood(application, 1, "Aqui é a Bia.")
        await understood(application, 1, "Aqui é a Bia.")
        await understood(application, 2, "O meu", Final="false")
        await understood(application, 3, "", TranscriptionEvent="transcription-stopped")
        # She goes on speaking for longer than the silence after which others are decided.
        clock.pass_(60)
        waiting = await rows(application, "SELECT id FROM messages")
        await triage_messages(application.context, [row["id"] for row in waiting])
        assert await rows(application, "SELECT id FROM tickets") == []
        await understood(application, 4, "O meu app não abre.")
        await recorded(application)
        await ended(application)
        [ticket] = await tickets(application, clock)
        assert ticket["sender"] == "+551132345678"
        assert ticket["title"] == "Recado de voz"
        assert ticket["description"].startswith("Aqui é a Bia.\nO meu app não abre.\nRecado de voz")
        [html] = await rows(application, "SELECT description_html FROM tickets")
        assert "transcrição automática" in html["description_html"]


@pytest.mark.parametrize("closed", [False, True])
async def test_a_transcription_that_comes_later_is_a_note_on_the_calls_ticket(
    database_settings: Database, closed: bool
) -> None:
    clock = Clock()
    async with telephone_application(
        database_settings, clock, MemorySender(), twilio=twilio(voice={})
    ) as application:
        await recorded(application)
        [first] = await tickets(application, clock)
        if closed:
            await rows(
                application,
                "UPDATE tickets SET stage = 'done', closed_at = %s RETURNING 1",
                [clock()],
            )
        await written_down(application, TranscriptionStatus="failed", TranscriptionText="")
        for _ in range(2):
            await written_down(application)
        assert await tickets(application, clock) == [first]
        last = "SELECT kind, body FROM ticket_entries ORDER BY id DESC LIMIT 1"
        assert await rows(application, last) == [
            {
                "kind": "note",
                "body": "Transcrição automática do recado (vale o áudio): “my app does not open”",
            }
        ]
        assert len(await rows(application, "SELECT url FROM message_files")) == 1
        [now] = await rows(application, "SELECT stage FROM tickets")
        assert now["stage"] == ("done" if closed else "new")


async def test_a_forged_call_is_turned_away(database_settings: Database) -> None:
    async with telephone_application(
        database_settings, Clock(), MemorySender(), twilio=twilio(voice={})
    ) as application:
        settings = application.context.config.settings
        transport = httpx.ASGITransport(app=Starlette(routes=webhook_routes(application, settings)))
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
            for endpoint in ("", "/recorded", "/ended", "/transcribed"):
                fields = {"CallSid": CALL, "TranscriptionText": "x", "TranscriptionSid": "TR1"}
                answer = await client.post(f"/twilio/voice{endpoint}", data=fields)
                assert answer.status_code == 403
        assert await rows(application, "SELECT id FROM messages") == []
