"""A telephone call: from Twilio's form to a `Message`, and what callers hear.

Source: Twilio, *TwiML Voice: <Record>*, *Voice webhooks: call status callback*.
"""

from twilio.twiml.voice_response import VoiceResponse

from intake.journal.messages import StoredMessage
from intake.settings.mail import Mail
from intake.settings.voice import Voice
from intake.telephony.payload import Payload, payload
from intake.telephony.text import read_text
from routing.message import Address, Message

LANGUAGE = "pt-BR"
SILENCE = 6
"""Seconds after which a recording ends by itself."""
THANKS = "Recado recebido. Obrigada, e até logo!"
NOTHING_HEARD = "Não ouvimos nenhum recado. Até logo!"


def greeting(voice: Voice, words: str, *, recorded_at: str) -> str:
    """TwiML that speaks, records, and posts where the recording is to `recorded_at`."""
    response = VoiceResponse()
    response.say(words, language=LANGUAGE)
    response.record(
        action=recorded_at,
        method="POST",
        max_length=voice.longest,
        timeout=SILENCE,
        finish_on_key="#",
        play_beep=True,
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


def read_call(stored: StoredMessage, limits: Mail) -> Message:
    """Raises ValueError where the stored bytes are no form."""
    form = payload(stored.raw)
    # The files, and what became of them, are as a text message's.
    files = read_text(stored, limits)
    missed = not recording(form)
    return Message(
        channel=stored.channel,
        received_at=stored.received_at,
        sender=Address(address=form.sender) if form.sender else None,
        recipients=(Address(address=form.get("To")),),
        subject="Ligação perdida" if missed else "Recado de voz",
        text=_words(form, missed),
        attachments=files.attachments,
        message_id=form.get("CallSid"),
        fields={"missed": "1"} if missed else {},
        notices=files.notices,
    )


def _words(form: Payload, missed: bool) -> str:
    who = form.sender or "um número que não se mostra"
    if missed:
        return f"Ligação de {who}, sem recado."
    return f"Recado de voz de {form.get('RecordingDuration') or '?'} s, de {who}: ouça o áudio."
