"""Names of attachments that are safe to write in any folder of any system."""

import re
import unicodedata

from intake.content import charset

LONGEST = 120
"""Characters, extension included."""

_LONGEST_EXTENSION = 16
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_EXTENSION = re.compile(r"(\.tar)?\.[^.\s]{1,15}$", re.I)
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_UNNAMED = "anexo"


def safe(name: str, *, extension: str = "") -> str:
    """`name` without folders, control and direction characters, leading dots or reserved words.

    At most LONGEST characters, the extension kept. `extension` (with its dot) is for a name that
    has none, or for no name at all, which becomes "anexo".
    """
    name = charset.one_line(name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    seen = "".join(c for c in name if unicodedata.category(c) not in _UNSEEN)
    name = _FORBIDDEN.sub("_", charset.one_line(seen)).strip(" .") or _UNNAMED
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, ending = split(name)
    # Where a long name is cut, what stands there may look like an extension.
    return _shortened(*split(_shortened(stem, ending or extension)))


def split(name: str) -> tuple[str, str]:
    """Stem and extension with its dot (`.tar.gz` counts as one); "" where there is none."""
    match = _EXTENSION.search(name, 1)
    return (name[: match.start()], match[0]) if match else (name, "")


def distinct(name: str, taken: set[str]) -> str:
    """`name`, or `name (2)` and so on where it is taken, whatever the case. Adds it to `taken`."""
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
