"""Telephone calls: reads Twilio's form into a `Message` and makes the TwiML that callers hear.

Sources: Twilio, *TwiML Voice: <Record>*, *<Transcription>*, *Call status callback*.
"""

import json
from enum import StrEnum

from twilio.twiml.voice_response import Start, VoiceResponse

from intake.channels.twilio.payload import Payload, payload
from intake.channels.twilio.text import read_text
from intake.ports.messages import StoredMessage
from intake.settings.mail import Mail
from intake.settings.voice import Transcription, Voice
from routing.aside import Aside
from routing.message import Address, Message

LANGUAGE = "pt-BR"
SILENCE = 6
"""Seconds of silence after which a recording ends."""
THANKS = "Recado recebido. Obrigada, e até logo!"
NOTHING_HEARD = "Não ouvimos nenhum recado. Até logo!"
DOUBTFUL = "O texto do recado é uma transcrição automática: na dúvida, vale o áudio."


class Part(StrEnum):
    """What a report of Twilio's about a call contains. Reports come in any order."""

    RECORDED = "recorded"
    ENDED = "ended"
    SAID = "said"
    """A piece of the transcription."""


def greeting(voice: Voice, words: str, *, recorded_at: str, transcribed_at: str) -> str:
    """TwiML that speaks `words` and records the caller.

    Twilio posts the recording's address to `recorded_at` and the transcription to
    `transcribed_at`.
    """
    response = VoiceResponse()
    response.say(words, language=LANGUAGE)
    if voice.transcription is Transcription.LIVE:
        start = Start()
        start.transcription(
            language_code=LANGUAGE,
            track="inbound_track",
            partial_results=False,
            status_callback_url=transcribed_at,
            status_callback_method="POST",
        )
        response.append(start)
    afterwards = voice.transcription is Transcription.ENGLISH
    transcribe = {"transcribe": True, "transcribe_callback": transcribed_at} if afterwards else {}
    response.record(
        action=recorded_at,
        method="POST",
        max_length=voice.max_seconds,
        timeout=SILENCE,
        finish_on_key="#",
        play_beep=True,
        **transcribe,
    )
    response.say(NOTHING_HEARD, language=LANGUAGE)
    return str(response)


def farewell() -> str:
    """TwiML that thanks the caller and hangs up."""
    response = VoiceResponse()
    response.say(THANKS, language=LANGUAGE)
    response.hangup()
    return str(response)


def recording(form: Payload) -> str:
    """The address of the recording; empty if nothing was recorded."""
    url = form.get("RecordingUrl")
    return f"{url}.mp3" if url and form.get("RecordingDuration") != "0" else ""


def transcript(form: Payload) -> str:
    """The transcribed text of a whole recording, or of one piece of a call in progress.

    Empty for events without text (begun, ended, failed) and for partial results.
    """
    if text := form.get("TranscriptionText"):
        return text if form.get("TranscriptionStatus") != "failed" else ""
    if form.get("TranscriptionEvent") != "transcription-content" or form.get("Final") == "false":
        return ""
    try:
        found = json.loads(form.get("TranscriptionData"))
    except ValueError:
        return ""
    said = found.get("transcript") if isinstance(found, dict) else None
    return said.strip() if isinstance(said, str) else ""


def read_call(stored: StoredMessage, limits: Mail) -> Message:
    """Read a stored call report into a `Message`. Raises ValueError if it is not a form."""
    form = payload(stored.raw)
    part = _part(stored, form)
    # Files and their notices are read as for a text message.
    files = read_text(stored, limits)
    call, to = form.get("CallSid"), form.get("To")
    said = part is Part.SAID
    return Message(
        channel=stored.channel,
        received_at=stored.received_at,
        sender=Address(address=form.sender) if form.sender else None,
        recipients=(Address(address=to),) if to else (),
        subject="Ligação perdida" if part is Part.ENDED else "Recado de voz",
        text=_words(form, part)[: limits.max_text],
        attachments=files.attachments,
        message_id=call,
        # All parts of a call belong to one ticket, that of the part that came first.
        in_reply_to=(call,) if call else (),
        notices=(*files.notices, *((DOUBTFUL,) if said else ())),
        aside={Part.ENDED: Aside.CALL_ENDED, Part.SAID: Aside.TRANSCRIPT}.get(part),
    )


def _part(stored: StoredMessage, form: Payload) -> Part:
    """The part that the webhook stored. Rows from before it did so are judged by their form."""
    told = stored.details.get("part")
    return Part(told) if told else Part.RECORDED if recording(form) else Part.ENDED


def _words(form: Payload, part: Part) -> str:
    if part is Part.SAID:
        return transcript(form)
    who = form.sender or "um número que não se mostra"
    if part is Part.ENDED:
        return f"Ligação de {who}, sem recado."
    return f"Recado de voz de {form.get('RecordingDuration') or '?'} s, de {who}: ouça o áudio."
