"""Joins lines that a mail program wrapped for transport (RFC 3676, format=flowed)."""

import re

_DEPTH = re.compile(r">*")
_SIGNATURE = "-- "


def unflow(text: str, *, delete_space: bool = False) -> str:
    """`text` with each paragraph on one line. Quoted lines keep their `>` marks.

    A line that ends in a space continues in the next line of the same quote depth. `delete_space`
    is the parameter DelSp=yes: that space is then not part of the text.
    """
    paragraphs: list[str] = []
    goes_on = False
    last_depth = 0
    pieces: list[str] = []
    for line in text.split("\n"):
        depth = _depth(line)
        content = line[depth:].removeprefix(" ")
        if not (goes_on and depth == last_depth and content != _SIGNATURE):
            if pieces:
                paragraphs.append("".join(pieces))
            pieces = [">" * depth + " " if depth else ""]
        goes_on = content.endswith(" ") and content != _SIGNATURE
        last_depth = depth
        pieces.append(content[:-1] if goes_on and delete_space else content)
    paragraphs.append("".join(pieces))
    return "\n".join(paragraphs)


def _depth(line: str) -> int:
    match = _DEPTH.match(line)
    return match.end() if match else 0
