"""A document whose examples run: commands with what they print, and the settings they run with.

A `toml` block is the settings file of the commands after it, up to the next heading. In a
`console` block each line that begins with `$ ` is a command; what follows is what it prints, with
`…` for what may be anything.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cli.command import Ran, intake

NO_SETTINGS = "no settings.toml here: these are the shipped settings\n"
_PIECE = re.compile(
    r"^## (?P<heading>[^\n]*)$|^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.M | re.S
)
_COMMAND = re.compile(r"^\$ (?P<command>.*)\n(?P<prints>(?:(?!\$ ).*\n)*)", re.M)


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One command of a lesson."""

    heading: str
    settings: str | None
    command: str
    prints: str

    def run(self, folder: Path) -> Ran:
        """In that folder, with the example's settings as its settings.toml."""
        if self.settings is not None:
            (folder / "settings.toml").write_text(self.settings, encoding="utf-8")
        name, *arguments = shlex.split(self.command)
        assert name == "intake"
        return intake(*arguments, folder=folder)

    def matches(self, printed: str) -> bool:
        """Whether a command printed what the lesson says."""
        pattern = re.escape(_trimmed(self.prints)).replace("…", ".*?")
        return re.fullmatch(pattern, _trimmed(printed), re.S) is not None


def examples(document: Path) -> Iterator[Example]:
    """Every command of a document, in order."""
    heading, settings = "", None
    for piece in _PIECE.finditer(document.read_text(encoding="utf-8")):
        if piece["heading"] is not None:
            heading, settings = piece["heading"], None
        elif piece["language"] == "toml":
            settings = piece["body"]
        elif piece["language"] == "console":
            for found in _COMMAND.finditer(piece["body"]):
                yield Example(
                    heading=heading,
                    settings=settings,
                    command=found["command"],
                    prints=found["prints"],
                )


def _trimmed(text: str) -> str:
    """Without blanks at the ends of lines, which nobody sees."""
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
