"""Telephone numbers in E.164, and the conversation that a number belongs to."""

import phonenumbers

from routing.phone.ninth_digit import phone_forms

_PREFIXES = ("whatsapp:", "client:", "sip:")
COUNTRY = "BR"
"""Whose numbers may be written without a country code."""


def e164(written: str) -> str:
    """`whatsapp:+5511987654321`, `(11) 98765-4321` → `+5511987654321`; empty for no number.

    Also what is no possible number, but what a network gave us with a `+`, is kept as it is.
    """
    bare = written.strip()
    for prefix in _PREFIXES:
        bare = bare.removeprefix(prefix)
    try:
        parsed = phonenumbers.parse(bare, COUNTRY)
    except phonenumbers.NumberParseException:
        return ""
    if not (bare.startswith("+") or phonenumbers.is_possible_number(parsed)):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def conversation(channel: str, number: str) -> str:
    """The conversation of a number on a channel: one for both forms of a Brazilian mobile number.

    Networks and address books have them with and without the ninth digit.
    """
    return f"{channel}:{min(phone_forms(number), default=number)}"
