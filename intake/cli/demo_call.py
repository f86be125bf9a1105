"""The demo's caller: leaves a voice message, reported to the daemon as Twilio does."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from intake.cli.demo_phone import ACCOUNT, OURS, SAMPLES, post
from intake.ports.webhook_paths import CALLS, ENDED, RECORDED, TRANSCRIBED
from intake.settings.voice import Transcription, Voice

VOICE = Voice(transcription=Transcription.LIVE)


def calls() -> list[dict[str, Any]]:
    """The sample calls, with what each caller says."""
    return [json.loads(path.read_text("utf-8")) for path in sorted(SAMPLES.glob("calls/*.json"))]


def keys() -> list[str]:
    """The recordings' message keys, as the webhook makes them."""
    return [f"twilio:{call['CallSid']}:recorded" for call in calls()]


async def leave_message(
    client: httpx.AsyncClient, port: int, files: str, call: Mapping[str, Any]
) -> None:
    """Send a call's webhooks in order: ringing, transcription, recording, end.

    `files` is the address of the server that stands in for Twilio's recordings.
    """
    await asyncio.sleep(call["after"])
    known = {"AccountSid": ACCOUNT, "CallSid": call["CallSid"]}
    caller = {**known, "From": call["From"], "To": OURS}
    await post(client, port, CALLS, {**caller, "CallStatus": "ringing"})
    for number, words in enumerate(call["said"], 1):
        piece = {
            "TranscriptionEvent": "transcription-content",
            "TranscriptionData": json.dumps({"transcript": words}, ensure_ascii=False),
            "SequenceId": str(number),
            "Final": "true",
        }
        await post(client, port, TRANSCRIBED, {**known, **piece})
    recording = {
        "RecordingUrl": f"{files}/{call['recording']}",
        "RecordingDuration": call["RecordingDuration"],
    }
    await post(client, port, RECORDED, {**caller, **recording})
    await post(client, port, ENDED, {**caller, "CallStatus": "completed"})
