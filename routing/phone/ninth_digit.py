"""Brazil's ninth digit: a 9 that was put in front of all mobile numbers.

WhatsApp, address books and networks still use both forms, so both count as one number here.
Landline numbers, which begin with 2 to 5, have no ninth digit. Source: Anatel, *Nono dígito*.
"""

_BRAZIL = "55"
_OLD_MOBILE = "6789"
"""The first digits of mobile numbers without the ninth digit."""
_WITH = 13
"""Number of digits of a mobile number with country code, area code and ninth digit."""


def old_form(digits: str) -> str:
    """Remove the ninth digit from a Brazilian mobile number.

    `digits` are the country code and number without any marks. Any other number is returned
    unchanged.
    """
    mobile = len(digits) == _WITH and digits[4] == "9" and digits[5] in _OLD_MOBILE
    return digits[:4] + digits[5:] if digits.startswith(_BRAZIL) and mobile else digits


def phone_forms(phone: str) -> frozenset[str]:
    """A telephone number in E.164; a Brazilian mobile number with and without the ninth digit."""
    digits = "".join(each for each in phone if each.isdecimal())
    old = old_form(digits)
    new = _with_ninth(old)
    return frozenset(f"+{form}" for form in (digits, old, new) if form)


def _with_ninth(digits: str) -> str:
    mobile = len(digits) == _WITH - 1 and digits[4] in _OLD_MOBILE
    return digits[:4] + "9" + digits[4:] if digits.startswith(_BRAZIL) and mobile else digits
