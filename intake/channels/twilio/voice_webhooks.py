"""The doors for calls: a greeting, a recording, what was said, and what became of the call.

A call is a conversation of its own: what Twilio says of it, in whatever order, becomes one ticket.
"""

from collections.abc import Callable
from datetime import datetime

from starlette.routing import Route

from intake.channels.twilio.call import LANGUAGE, Part, farewell, greeting, recording, transcript
from intake.channels.twilio.webhooks import SOURCE, Doorkeeper, Knock, TurnedAway, door, is_sid
from intake.context import Context
from intake.metrics import Meters
from intake.ports.arrivals import Arrival, NamedFile
from intake.ports.webhook_paths import CALLS, ENDED, RECORDED, TRANSCRIBED
from intake.replies import wording
from intake.settings.twilio import Twilio
from intake.settings.voice import Voice
from intake.store.batching import Gathering
from routing.vocabulary import Channel


def voice_doors(
    twilio: Twilio,
    voice: Voice,
    doorkeeper: Doorkeeper,
    gathering: Gathering,
    context: Context,
) -> list[Route]:
    """Where a call comes in, its recording, and what was understood; and where its end is told."""
    meters: Meters = context.meters
    clock: Callable[[], datetime] = context.clock

    async def greet(_: Knock) -> str:
        words = spoken(voice, context)
        return greeting(
            voice,
            words,
            recorded_at=twilio.public_url + RECORDED,
            transcribed_at=twilio.public_url + TRANSCRIBED,
        )

    async def keep_recording(knock: Knock) -> str:
        if recording(knock.payload):
            await gathering.accept(arrival(knock, clock(), Part.RECORDED))
        return farewell()

    async def keep_end(knock: Knock) -> None:
        if voice.missed_calls:
            await gathering.accept(arrival(knock, clock(), Part.ENDED))

    async def keep_words(knock: Knock) -> None:
        if transcript(knock.payload):
            await gathering.accept(arrival(knock, clock(), Part.SAID))

    return [
        door(CALLS, doorkeeper, meters, greet),
        door(RECORDED, doorkeeper, meters, keep_recording),
        door(ENDED, doorkeeper, meters, keep_end),
        door(TRANSCRIBED, doorkeeper, meters, keep_words),
    ]


def spoken(voice: Voice, context: Context) -> str:
    """The greeting for this hour."""
    in_force, now = context.in_force, context.clock()
    calendar = in_force.policy.procedure.calendar
    opens = calendar.next_opening(now)
    words = voice.greeting if calendar.is_open(now) else voice.greeting_closed
    return words.replace("{organisation}", in_force.settings.organisation.name).replace(
        "{next_opening}", wording.instant(opens, now=now, zone=calendar.zone, language=LANGUAGE)
    )


def arrival(knock: Knock, received_at: datetime, part: Part) -> Arrival:
    """What Twilio says of a call: the same news, the same key. Raises TurnedAway."""
    form = knock.payload
    call = form.get("CallSid")
    piece = form.get("SequenceId") or form.get("TranscriptionSid")
    if not is_sid(call) or (piece and not is_sid(piece)):
        raise TurnedAway(400, "no_call", "CallSid is missing, or is none")
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
