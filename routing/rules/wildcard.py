"""Matches values against patterns with `*`, for addresses and headers: `*@exemplo.com.br`."""


def fits(pattern: str, value: str) -> bool:
    """Whether a value matches a pattern. `*` matches anything; no other character is special.

    Takes time linear in the value's length for each `*`.
    """
    first, *rest = pattern.split("*")
    if not rest:
        return value == pattern
    *middle, last = rest
    if len(value) < len(first) + len(last) or not value.startswith(first):
        return False
    place, end = len(first), len(value) - len(last)
    for part in middle:
        found = value.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return value.endswith(last)
