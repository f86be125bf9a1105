"""When an entry under a person's `clients` means the client who writes."""

import unicodedata

_BRAZIL = "55"
_OLD_MOBILE = "6789"
"""First digits that mobile numbers had before the ninth one: landlines begin with 2 to 5."""
_MOBILE_DIGITS = 13
"""Of a Brazilian mobile number with country code, area code and the ninth digit."""


def owns(entry: str, client: str) -> bool:
    """Whether `entry` (e-mail address, domain, telephone number or name) means `client`.

    A domain covers its subdomains. Brazilian mobile numbers are compared with and without the
    ninth digit, since WhatsApp knows many by their old form.
    """
    entry, client = _folded(entry), _folded(client)
    if not entry or not client:
        return False
    if "@" in client:
        domain = client.rpartition("@")[2]
        wanted = entry.removeprefix("@")
        return client == entry or domain == wanted or domain.endswith(f".{wanted}")
    number = _number(client)
    if number:
        return number == _number(entry)
    return client == entry


def phone_forms(phone: str) -> frozenset[str]:
    """A telephone number in E.164, for a Brazilian mobile also in its other form."""
    digits = "".join(each for each in phone if each.isdecimal())
    forms = {digits}
    if (
        digits.startswith(_BRAZIL)
        and len(digits) == _MOBILE_DIGITS
        and digits[4] == "9"
        and digits[5] in _OLD_MOBILE
    ):
        forms.add(digits[:4] + digits[5:])
    elif (
        digits.startswith(_BRAZIL)
        and len(digits) == _MOBILE_DIGITS - 1
        and digits[4] in _OLD_MOBILE
    ):
        forms.add(digits[:4] + "9" + digits[4:])
    return frozenset(f"+{form}" for form in forms if form)


def _number(text: str) -> str:
    """One form for all ways to write a telephone number; empty where it is none."""
    bare = text.removeprefix("whatsapp:").translate(str.maketrans("", "", " -().+"))
    return min(phone_forms(bare), default="") if bare.isdecimal() and len(bare) > 7 else ""


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    return " ".join(plain.split())
