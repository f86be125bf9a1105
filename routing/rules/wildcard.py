"""Values with `*` in them, as operators write addresses and headers: `*@exemplo.com.br`."""


def fits(pattern: str, value: str) -> bool:
    """Whether a value is as the pattern says; `*` stands for anything, no other sign is special.

    Linear in the value's length for each `*`.
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
