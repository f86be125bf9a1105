"""[twilio.voice]: an answering machine for telephone calls."""

from enum import StrEnum

from pydantic import Field

from intake.settings.section import Section


class Transcription(StrEnum):
    """How calls are transcribed."""

    NONE = "none"
    LIVE = "live"
    ENGLISH = "english"


class Voice(Section):
    """Greetings may contain `{organisation}` and `{next_opening}`, which are replaced by words."""

    greeting: str = (
        "Olá! Você ligou para {organisation}. Depois do sinal, diga o seu nome, de qual empresa "
        "ou profissional se trata, e do que você precisa. Nós retornamos."
    )
    """What callers hear during business hours."""
    greeting_closed: str = (
        "Olá! Você ligou para {organisation}. Agora estamos fora do horário de atendimento. "
        "Voltamos {next_opening}. Depois do sinal, diga o seu nome, de qual empresa ou "
        "profissional se trata, e do que você precisa. Nós retornamos."
    )
    """What callers hear outside business hours."""
    max_seconds: int = Field(default=180, ge=10, le=3600)
    """Longest recording, in seconds."""
    missed_calls: bool = True
    """Whether a call without a recording becomes a ticket too."""
    transcription: Transcription = Transcription.NONE
    """`live`: Twilio transcribes during the call, in Brazilian Portuguese. `english`: Twilio
    transcribes the recording afterwards, which it offers in English only. Both cost extra at
    Twilio."""
