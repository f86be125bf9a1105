"""The kinds of lines in the chat."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A line that opens a ticket."""

    title: str
    description: str = ""
    """The value of `descricao:` and the lines below the first."""
    said: Mapping[str, str] = field(default_factory=dict)
    """Key in `PARAMETERS` → value as written, for the other parameters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Help:
    """A line that asks for the list of parameters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """A line with a mistake: `words` explain it in one line, with an example (pt-BR)."""

    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Talk:
    """A line that is no command: people talk to each other, and nothing is answered."""


Line = Command | Help | Wrong | Talk
