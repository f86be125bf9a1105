"""A document that writes files and runs commands, step by step, in one folder.

A block's first line says which file it is: ```` ```toml regras.toml ```` writes it,
```` ```toml regras.toml + ```` adds to it. `console` blocks are run as in `tests.docs.lesson`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.lesson import Example

_BLOCK = re.compile(
    r"^## (?P<heading>[^\n]*)$|^```(?P<info>\w+[^\n]*)\n(?P<body>.*?)^```$", re.M | re.S
)
_COMMAND = re.compile(r"^\$ (?P<command>.*)\n(?P<prints>(?:(?!\$ ).*\n)*)", re.M)


@dataclass(frozen=True, slots=True)
class Writing:
    """A file to write, or to add to."""

    name: str
    text: str
    adds: bool

    def do(self, folder: Path) -> None:
        """In that folder."""
        path = folder / self.name
        before = path.read_text(encoding="utf-8") + "\n" if self.adds else ""
        path.write_text(before + self.text, encoding="utf-8")


def steps(document: Path) -> Iterator[Writing | Example]:
    """All of them, in order. Blocks for a file called `exemplo` are left out."""
    heading = ""
    for block in _BLOCK.finditer(document.read_text(encoding="utf-8")):
        if block["heading"] is not None:
            heading = block["heading"]
            continue
        language, *rest = block["info"].split()
        if language == "console":
            for found in _COMMAND.finditer(block["body"]):
                yield Example(
                    heading=heading,
                    settings=None,
                    command=found["command"],
                    prints=found["prints"],
                )
        elif rest and rest[0] != "exemplo":
            yield Writing(rest[0], block["body"], adds=rest[1:] == ["+"])


def rows(document: Path, heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without their backticks; not the head."""
    section = document.read_text(encoding="utf-8").partition(f"### {heading}")[2]
    section = re.split(r"^#{2,3} ", section, maxsplit=1, flags=re.M)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]
