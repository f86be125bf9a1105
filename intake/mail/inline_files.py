"""Files that stand in the text itself, uuencoded, as programs from before MIME write them."""

import re

from intake.mail import transfer

_BLOCK = re.compile(
    r"^begin(?:-base64)? [0-7]{3,4} ([^\n]{1,200})\n((?:[!-~ ]{1,90}\n)+?)(?:end|====)[ \t]*$", re.M
)


def extract(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """`text` without its uuencoded blocks, and the files in them, with their names."""
    if "begin" not in text:
        return text, []
    files: list[tuple[str, bytes]] = []

    def take(match: re.Match[str]) -> str:
        encoding = "base64" if match[0].startswith("begin-base64") else "uuencode"
        files.append((match[1].strip(), transfer.decode(match[2].encode("ascii"), encoding)))
        return ""

    return _BLOCK.sub(take, text), files
