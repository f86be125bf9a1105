"""Makes text that clients wrote safe to quote in a mail: short lines, no control characters."""

import re
import unicodedata

_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,9}://|\bwww\.)\S+", re.IGNORECASE)
_REPLY_MARK = re.compile(
    r"^(?:\s*(?:re|res|enc|fw|fwd|rv|aw)\s*(?:\[\d+\])?\s*:)+\s*", re.IGNORECASE
)
_NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TITLES = frozenset({"dr", "dra", "sr", "sra", "prof", "profa", "mr", "mrs", "ms"})
_COMPANY = re.compile(
    r"\b(?:ltda|s/a|s\.a|epp|eireli|cl[ií]nica|consult[óo]rio|laborat[óo]rio|hospital|instituto"
    r"|odontologia|medicina|contabilidade|atendimento|suporte|financeiro|equipe|inc|llc)\b",
    re.IGNORECASE,
)


def one_line(text: str, limit: int) -> str:
    """`text` without line ends, control, formatting and bidirectional characters, cut to `limit`.

    The cut is made between words where possible, and is marked by an ellipsis.
    """
    # Only look at what could be kept: hostile subjects have megabytes.
    head = text[: limit * 8]
    if not head.isprintable():
        head = "".join(
            " " if c.isspace() else c
            for c in head
            if c.isspace() or unicodedata.category(c) not in _NOT_SHOWN
        )
    line = " ".join(head.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    at_word = cut.rfind(" ", limit * 2 // 3)
    return (cut[:at_word] if at_word > 0 else cut).rstrip(" ,;:.-–") + "…"


def paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    """`text` as paragraphs of clean lines. Empty lines separate the paragraphs."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if clean := one_line(line, 1000):
            found[-1].append(clean)
        elif found[-1]:
            found.append([])
    return tuple(tuple(lines) for lines in found if lines)


def title_line(title: str, *, number: str = "", limit: int = 120) -> str:
    """A ticket's title for a subject: without "RES:", our own tag, and links.

    The acknowledgement goes to whatever address the From field names. Without links, nobody can use
    us to send advertisements or phishing to others.
    """
    line = one_line(title, limit * 4)
    if number:
        line = line.replace(f"[{number}]", " ")
    while (bare := _REPLY_MARK.sub("", line, count=1).strip()) != line:
        line = bare
    return one_line(_LINK.sub("[link]", line), limit)


def given_name(name: str) -> str:
    """How to greet somebody: "Dra. Ana" for "Dra. Ana Paula Souza", "Maria" for "SILVA, MARIA".

    Returns "" for what is not a person's name, such as a company, an address or a link.
    """
    line = unicodedata.normalize("NFC", one_line(name, 120)).strip("'\"“”‘’ ")
    line = re.sub(r"\s+(?:via|\(|<|-|–|\|).*$", "", line)
    if not line or "@" in line or _LINK.search(line) or _COMPANY.search(line):
        return ""
    family, comma, given = line.partition(",")
    words = (given if comma and given.strip() else family).split()
    if not words:
        return ""
    prefix = ""
    if words[0].rstrip(".").lower() in _TITLES and len(words) > 1:
        prefix = words[0].rstrip(".").capitalize() + ". "
        words = words[1:]
    first = words[0]
    parts = re.split(r"['’-]", first)
    if len(first) > 25 or not all(part.isalpha() for part in parts):
        return ""
    return prefix + (first.title() if first.isupper() or first.islower() else first)
