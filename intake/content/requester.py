"""Reads a requester as people write one: a name, and an e-mail address or telephone number."""

import re

_NAMED = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>]+)>")


class RequesterUnreadable(ValueError):
    """neither an e-mail address nor a telephone number"""


def requester(written: str) -> tuple[str, str]:
    """Name and address from `Bia <bia@x.com.br>`, `Bia / (11) 98765-4321` or either part alone.

    The address is an e-mail address in lower case or a number in E.164. A missing part is empty.
    Raises RequesterUnreadable if the address is neither.
    """
    words = " ".join(written.split())
    named = _NAMED.fullmatch(words)
    if named is not None:
        return named["name"].strip("\" '"), address(named["address"])
    name, slash, rest = words.rpartition("/")
    if slash:
        return name.strip(), address(rest)
    if "@" in words or any(sign.isdigit() for sign in words):
        return "", address(words)
    return words, ""


def address(written: str) -> str:
    """An e-mail address in lower case, or a telephone number in E.164.

    Raises RequesterUnreadable if `written` is neither.
    """
    # Imported here because the tables of all countries' numbers are large.
    from intake.content.phone_numbers import e164

    bare = written.strip()
    if re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", bare):
        return bare.lower()
    number = "" if "@" in bare else e164(bare)
    if not number:
        raise RequesterUnreadable(
            f"{bare!r} is neither an e-mail address nor a telephone number; "
            "write for instance 'Bia Souza <bia@exemplo.com.br>' or 'Bia / (11) 98765-4321'"
        )
    return number
