"""Extracts uuencoded files from a mail's text, where programs from before MIME put them."""

import re

from intake.channels.email.reading import transfer

_BEGIN = re.compile(r"begin(?P<base64>-base64)? [0-7]{3,4} (?P<name>\S.{0,200})$")
_DATA = re.compile(r"[!-~ ]{1,90}$")


def extract(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """`text` without its uuencoded blocks, and the files in them as (name, bytes)."""
    if not text.startswith("begin") and "\nbegin" not in text:
        return text, []
    kept: list[str] = []
    block: list[str] = []
    """The lines of a block that is not yet complete."""
    files: list[tuple[str, bytes]] = []
    for line in text.split("\n"):
        begins = _BEGIN.match(line) if line.startswith("begin") else None
        if block and not begins:
            if line.rstrip() in ("end", "===="):
                files.append(_file(block))
                block = []
                continue
            if _DATA.match(line):
                block.append(line)
                continue
        kept.extend(block)  # it was not a block
        block = [line] if begins else []
        if not begins:
            kept.append(line)
    kept.extend(block)
    return "\n".join(kept), files


def _file(block: list[str]) -> tuple[str, bytes]:
    begins = _BEGIN.match(block[0])
    data = "\n".join(block[1:]).encode("ascii")
    if begins is None:
        return "", data
    encoding = "base64" if begins["base64"] else "uuencode"
    return begins["name"].strip(), transfer.decode(data, encoding).data
