"""Brazil's ninth digit: a 9 that was put in front of all mobile numbers, and that many still lack.

WhatsApp, address books and networks know numbers in both forms, so both are one number here.
Landlines, which begin with 2 to 5, got none. Source: Anatel, *Nono dígito*.
"""

_BRAZIL = "55"
_OLD_MOBILE = "6789"
"""First digits that mobile numbers had before."""
_WITH = 13
"""Digits of a mobile number with country code, area code and the ninth digit."""


def old_form(digits: str) -> str:
    """A number with its country code, digits only; of a Brazilian mobile without the ninth digit.

    Any other number is given back as it is.
    """
    mobile = len(digits) == _WITH and digits[4] == "9" and digits[5] in _OLD_MOBILE
    return digits[:4] + digits[5:] if digits.startswith(_BRAZIL) and mobile else digits


def phone_forms(phone: str) -> frozenset[str]:
    """A telephone number in E.164, for a Brazilian mobile in both of its forms."""
    digits = "".join(each for each in phone if each.isdecimal())
    old = old_form(digits)
    new = _with_ninth(old)
    return frozenset(f"+{form}" for form in (digits, old, new) if form)


def _with_ninth(digits: str) -> str:
    mobile = len(digits) == _WITH - 1 and digits[4] in _OLD_MOBILE
    return digits[:4] + "9" + digits[4:] if digits.startswith(_BRAZIL) and mobile else digits
