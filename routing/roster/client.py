"""Matches entries of a person's `clients` with the client who writes."""

import unicodedata

from routing.phone.ninth_digit import phone_forms


def owns(entry: str, client: str) -> bool:
    """Whether `entry` (e-mail address, domain, telephone number or name) means `client`.

    A domain covers its subdomains. Brazilian mobile numbers match with and without the ninth
    digit, since WhatsApp still has many in their old form.
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


def _number(text: str) -> str:
    """The same form for all ways to write a telephone number; empty if it is none."""
    bare = text.removeprefix("whatsapp:").translate(str.maketrans("", "", " -().+"))
    return min(phone_forms(bare), default="") if bare.isdecimal() and len(bare) > 7 else ""


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    return " ".join(plain.split())
