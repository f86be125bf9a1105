"""Makes attachment names safe to write on any file system."""

import re
import unicodedata

from intake.content import charset

LONGEST = 120
"""Maximum length of a name in characters, extension included."""

_LONGEST_EXTENSION = 16
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_EXTENSION = re.compile(r"(\.tar)?\.[^.\s]{1,15}$", re.I)
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_UNNAMED = "anexo"


def safe(name: str, *, extension: str = "") -> str:
    """`name` without folders, control and direction characters, leading dots or reserved words.

    The result has at most LONGEST characters and keeps its extension. `extension` (with its dot)
    is added to a name that has none. An empty name becomes "anexo".
    """
    name = charset.one_line(name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = "".join(c for c in name if unicodedata.category(c) not in _UNSEEN)
    name = _FORBIDDEN.sub("_", charset.one_line(seen)).strip(" .") or _UNNAMED
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, ending = split(name)
    # After a long name is cut, its new end may look like an extension: split it again.
    return _shortened(*split(_shortened(stem, ending or extension)))


def split(name: str) -> tuple[str, str]:
    """Stem and extension with its dot (`.tar.gz` counts as one); "" if there is no extension."""
    match = _EXTENSION.search(name, 1)
    return (name[: match.start()], match[0]) if match else (name, "")


def distinct(name: str, taken: set[str]) -> str:
    """`name`, or `name (2)` and so on if it is in `taken`. Adds the result to `taken`.

    Names are compared without regard to case.
    """
    stem, extension = split(name)
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = _shortened(stem, extension, mark=f" ({number})")
    taken.add(candidate.casefold())
    return candidate


def _shortened(stem: str, extension: str, *, mark: str = "") -> str:
    room = LONGEST - len(extension) - len(mark)
    return (stem[:room].rstrip(" .") or _UNNAMED) + mark + extension
