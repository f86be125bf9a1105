"""Webhooks for calls: they greet, and take in the recording, the transcription and the call's end.

A call is a conversation of its own. All reports about it become one ticket, in whatever order they
come.
"""

from collections.abc import Callable
from datetime import datetime

from starlette.routing import Route

from intake.channels.twilio.call import LANGUAGE, Part, farewell, greeting, recording, transcript
from intake.channels.twilio.webhooks import (
    SOURCE,
    RequestRejected,
    VerifiedRequest,
    Verifier,
    endpoint,
    is_sid,
)
from intake.context import Context
from intake.metrics import Metrics
from intake.ports.arrivals import Arrival, NamedFile
from intake.ports.webhook_paths import CALLS, ENDED, RECORDED, TRANSCRIBED
from intake.replies import wording
from intake.settings.twilio import Twilio
from intake.settings.voice import Voice
from intake.store.batching import ArrivalBatcher
from routing.vocabulary import Channel


def voice_webhooks(
    twilio: Twilio,
    voice: Voice,
    verifier: Verifier,
    batcher: ArrivalBatcher,
    context: Context,
) -> list[Route]:
    """The webhooks for incoming calls, recordings, ends of calls and transcriptions."""
    metrics: Metrics = context.metrics
    clock: Callable[[], datetime] = context.clock

    async def greet(_: VerifiedRequest) -> str:
        words = spoken(voice, context)
        return greeting(
            voice,
            words,
            recorded_at=twilio.public_url + RECORDED,
            transcribed_at=twilio.public_url + TRANSCRIBED,
        )

    async def keep_recording(knock: VerifiedRequest) -> str:
        if recording(knock.payload):
            await batcher.accept(arrival(knock, clock(), Part.RECORDED))
        return farewell()

    async def keep_end(knock: VerifiedRequest) -> None:
        if voice.missed_calls:
            await batcher.accept(arrival(knock, clock(), Part.ENDED))

    async def keep_words(knock: VerifiedRequest) -> None:
        if transcript(knock.payload):
            await batcher.accept(arrival(knock, clock(), Part.SAID))

    return [
        endpoint(CALLS, verifier, metrics, greet),
        endpoint(RECORDED, verifier, metrics, keep_recording),
        endpoint(ENDED, verifier, metrics, keep_end),
        endpoint(TRANSCRIBED, verifier, metrics, keep_words),
    ]


def spoken(voice: Voice, context: Context) -> str:
    """The greeting for now: `greeting` in business hours, else `greeting_closed`."""
    config, now = context.config, context.clock()
    calendar = config.policy.procedure.calendar
    opens = calendar.next_opening(now)
    words = voice.greeting if calendar.is_open(now) else voice.greeting_closed
    return words.replace("{organisation}", config.settings.organisation.name).replace(
        "{next_opening}", wording.instant(opens, now=now, zone=calendar.zone, language=LANGUAGE)
    )


def arrival(knock: VerifiedRequest, received_at: datetime, part: Part) -> Arrival:
    """The Arrival of a report about a call. The same report always gives the same key.

    Raises RequestRejected if the CallSid or the piece's SID is missing or invalid.
    """
    form = knock.payload
    call = form.get("CallSid")
    piece = form.get("SequenceId") or form.get("TranscriptionSid")
    if not is_sid(call) or (piece and not is_sid(piece)):
        raise RequestRejected(400, "no_call", "CallSid is missing, or is none")
    told = f"{part.value}:{piece}" if part is Part.SAID else part.value
    file = recording(form) if part is Part.RECORDED else ""
    return Arrival(
        source=f"{SOURCE}:{form.account}",
        key=f"{SOURCE}:{call}:{told}",
        channel=Channel.VOICE,
        received_at=received_at,
        raw=knock.body,
        details={
            "conversation": f"{Channel.VOICE.value}:{call}",
            "part": part.value,
            **({"under_way": "yes"} if form.get("TranscriptionEvent") else {}),
        },
        files=(NamedFile(url=file, content_type="audio/mpeg"),) if file else (),
    )
