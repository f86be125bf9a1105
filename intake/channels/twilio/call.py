"""A telephone call: from Twilio's form to a `Message`, and what callers hear.

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
"""Seconds after which a recording ends by itself."""
THANKS = "Recado recebido. Obrigada, e até logo!"
NOTHING_HEARD = "Não ouvimos nenhum recado. Até logo!"
DOUBTFUL = "O texto do recado é uma transcrição automática: na dúvida, vale o áudio."


class Part(StrEnum):
    """What Twilio tells of a call, in whatever order."""

    RECORDED = "recorded"
    ENDED = "ended"
    SAID = "said"
    """A piece of the transcription."""


def greeting(voice: Voice, words: str, *, recorded_at: str, transcribed_at: str) -> str:
    """TwiML that speaks and records; where recording and transcription lie is posted to us."""
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
    """TwiML that ends a call of which we have the recording."""
    response = VoiceResponse()
    response.say(THANKS, language=LANGUAGE)
    response.hangup()
    return str(response)


def recording(form: Payload) -> str:
    """Where a recording lies; empty where nothing was said."""
    url = form.get("RecordingUrl")
    return f"{url}.mp3" if url and form.get("RecordingDuration") != "0" else ""


def transcript(form: Payload) -> str:
    """What was understood: of all of a recording, or of a piece of a call under way.

    Empty for news without words: that it began, ended or failed, and what may still change.
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
    """Raises ValueError where the stored bytes are no form."""
    form = payload(stored.raw)
    part = _part(stored, form)
    # The files, and what became of them, are as a text message's.
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
        # The call is the matter: each part belongs to the ticket of whichever came first.
        in_reply_to=(call,) if call else (),
        notices=(*files.notices, *((DOUBTFUL,) if said else ())),
        aside={Part.ENDED: Aside.CALL_ENDED, Part.SAID: Aside.TRANSCRIPT}.get(part),
    )


def _part(stored: StoredMessage, form: Payload) -> Part:
    """As the door said; rows of before it did so tell by their form."""
    told = stored.details.get("part")
    return Part(told) if told else Part.RECORDED if recording(form) else Part.ENDED


def _words(form: Payload, part: Part) -> str:
    if part is Part.SAID:
        return transcript(form)
    who = form.sender or "um número que não se mostra"
    if part is Part.ENDED:
        return f"Ligação de {who}, sem recado."
    return f"Recado de voz de {form.get('RecordingDuration') or '?'} s, de {who}: ouça o áudio."
