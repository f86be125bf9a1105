"""Suggests what was probably meant by an unknown name."""

from collections.abc import Iterable
from difflib import get_close_matches

_MOST_NAMED = 30
"""The most names that are listed in one line."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """`did you mean 'bug'?`, or the list of known names if none is close."""
    names = sorted(map(str, known))
    lower = {name.lower(): name for name in names}
    close = get_close_matches(word.lower(), lower, n=1)
    if close:
        return f"did you mean {lower[close[0]]!r}?"
    if len(names) > _MOST_NAMED:
        names[_MOST_NAMED:] = [f"… ({len(names)} in all)"]
    return f"known here: {', '.join(names)}" if names else "none is known here"
