"""[twilio.voice]: a machine that answers calls and keeps what is said."""

from enum import StrEnum

from pydantic import Field

from intake.settings.section import Section


class Transcription(StrEnum):
    """Who writes down what callers say."""

    NONE = "none"
    LIVE = "live"
    ENGLISH = "english"


class Voice(Section):
    """`{organisation}` and `{next_opening}` in a greeting are put into words."""

    greeting: str = (
        "Olá! Você ligou para {organisation}. Depois do sinal, diga o seu nome, de qual empresa "
        "ou profissional se trata, e do que você precisa. Nós retornamos."
    )
    """What callers hear in business hours."""
    greeting_closed: str = (
        "Olá! Você ligou para {organisation}. Agora estamos fora do horário de atendimento. "
        "Voltamos {next_opening}. Depois do sinal, diga o seu nome, de qual empresa ou "
        "profissional se trata, e do que você precisa. Nós retornamos."
    )
    """What they hear outside of them."""
    max_seconds: int = Field(default=180, ge=10, le=3600)
    """Seconds that a recording may last."""
    missed_calls: bool = True
    """Whether a call without a recording becomes a ticket, too."""
    transcription: Transcription = Transcription.NONE
    """`live`: Twilio writes down the call while it lasts, in Brazilian Portuguese. `english`: the
    recording afterwards, which Twilio can only in English. Both cost extra at Twilio."""
