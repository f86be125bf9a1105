"""What a line in the chat can be."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A ticket is to be opened."""

    title: str
    description: str = ""
    """The lines below, and what `descricao:` says."""
    said: Mapping[str, str] = field(default_factory=dict)
    """The other parameters as they were written, by the keys of `PARAMETERS`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Help:
    """Somebody wants to see the parameters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wrong:
    """Nothing is opened; `words` say in one line what was wrong, with an example (pt-BR)."""

    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Talk:
    """People talking to each other: nobody is answered."""


Line = Command | Help | Wrong | Talk
