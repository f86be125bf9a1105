"""Compares telephone numbers as people write them in Odoo with a number in E.164."""

import re

from routing.phone.ninth_digit import old_form

_SEPARATORS = re.compile(r"[/;,|]|\bou\b|\be\b")
_EXTENSION = re.compile(r"\b(ramal|r\.|ext\.?|x)\s*\d+\s*$", re.IGNORECASE)


def same_number(written: str, e164: str) -> bool:
    """Whether `e164` is among the numbers in a contact's field. A number without area code never
    matches."""
    wanted = _canonical(e164)
    if wanted is None:
        return False
    parts = _SEPARATORS.split(written)
    return any(_canonical(_EXTENSION.sub("", part)) == wanted for part in parts)


def search_pattern(e164: str) -> str | None:
    """A pattern for Odoo's `=ilike`: the last eight digits with anything in between.

    It may find too many contacts; `same_number` decides. None if `e164` is not a number.
    """
    wanted = _canonical(e164)
    return None if wanted is None else "%" + "%".join(wanted[-8:]) + "%"


def _canonical(written: str) -> str | None:
    """Country code and number, without an added ninth digit; None if the text is not a number."""
    text = written.strip()
    digits = "".join(re.findall(r"[0-9]", text))
    if text.startswith("+"):
        national = digits.removeprefix("55") if digits.startswith("55") else None
    elif digits.startswith("00"):
        digits = digits[2:]
        national = digits.removeprefix("55") if digits.startswith("55") else None
    elif digits.startswith("55") and len(digits) in (12, 13):
        national = digits[2:]
    else:
        national = digits
    if national is None:
        return digits if 8 <= len(digits) <= 15 else None
    national = national.removeprefix("0")
    return old_form(f"55{national}") if len(national) in (10, 11) else None
