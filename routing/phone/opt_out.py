"""Whether somebody asks to be written to no more by a channel, or to be written to again.

Only a message that is nothing but the word counts: "parar" within a sentence is part of a request.
What Twilio itself obeys on SMS beside these (CANCEL, END, QUIT) is left to it: in a support
conversation they are answers. Source: Twilio, *Support for opt-out keywords*.
"""

import unicodedata
from enum import StrEnum


class Wish(StrEnum):
    """What is asked."""

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
    """Of a message's whole text; case, accents and punctuation do not matter."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORDS.get("".join(each for each in plain if each.isalnum()))
