"""Converts telephone numbers to E.164 and names the conversation of a number."""

import phonenumbers

from routing.phone.ninth_digit import phone_forms

_PREFIXES = ("whatsapp:", "client:", "sip:")
COUNTRY = "BR"
"""Country assumed for numbers without a country code."""


def e164(written: str) -> str:
    """`whatsapp:+5511987654321`, `(11) 98765-4321` → `+5511987654321`; empty if it is no number.

    A number with a `+` is accepted even if its length is impossible, because a network gave it.
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
    """The conversation key of a number on a channel, the same with or without the ninth digit.

    Networks and address books have Brazilian mobile numbers in both forms.
    """
    return f"{channel}:{min(phone_forms(number), default=number)}"
