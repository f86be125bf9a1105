"""Recognises opt-outs: a client wants no more messages on a channel, or wants them again.

Only a message that is nothing but the keyword counts: "parar" within a sentence is part of a
request. Twilio's further keywords on SMS (CANCEL, END, QUIT) are left to Twilio: in a support
conversation they are answers. Source: Twilio, *Support for opt-out keywords*.
"""

import unicodedata
from enum import StrEnum


class Wish(StrEnum):
    """What the client asks for."""

    STOP = "stop"
    START = "start"


_WORDS: dict[str, Wish] = {
    **dict.fromkeys(
        ("stop", "stopall", "unsubscribe", "optout", "sair", "parar", "pare", "descadastrar"),
        Wish.STOP,
    ),
    **dict.fromkeys(("start", "unstop", "voltar", "volte", "recadastrar"), Wish.START),
}


def wish(text: str) -> Wish | None:
    """What a message asks for, or None if its whole text is no keyword.

    Case, accents and punctuation do not matter.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORDS.get("".join(each for each in plain if each.isalnum()))
