"""[trello]: cards that internal notes request."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from intake.settings.credential import Credential
from intake.settings.section import Section
from routing.watch.cards import CardPolicy
from routing.watch.note_commands import folded


class Trello(Section):
    """Cards created by `@Trello <board>` in an internal note. docs/trello.md has the steps."""

    key: Credential
    """The API key of the firm's own Power-Up."""
    token: Credential
    """A token of the member who creates the cards, with the scopes `read` and `write`."""
    boards: dict[str, str] = Field(default_factory=dict)
    """What people write in notes → the board's name or id at Trello. Empty: every open board of the
    token's member, by its own name."""
    list: str = ""
    """The name of the list that gets the cards. If it is empty, or the board has no such list: the
    board's first open list."""
    title: Literal["type", "ticket"] = "type"
    """What follows the ticket's number in the card's title. `type`: its request type. `ticket`: its
    title, which is usually the client's own subject and may name people."""
    description: Literal["none", "text"] = "none"
    """Whether the card shows the client's name and message (`text`). Trello stores them in another
    country."""
    base_url: str = "https://api.trello.com"
    """The address of Trello's API; only tests change it."""
    timeout: float = Field(default=15, gt=0, le=120)
    """Seconds to wait for a response from Trello."""

    @field_validator("boards")
    @classmethod
    def _each_its_own(cls, value: dict[str, str]) -> dict[str, str]:
        seen: dict[str, str] = {}
        for spoken, board in value.items():
            if not folded(spoken) or not board:
                raise ValueError(
                    'write what people say and the board: "Fiscal" = "Fiscal e notas 2026"'
                )
            if folded(spoken) in seen:
                raise ValueError(
                    f"{spoken!r} and {seen[folded(spoken)]!r} are the same in a note: "
                    "capitals and accents do not matter there"
                )
            seen[folded(spoken)] = spoken
        return value

    @field_validator("base_url")
    @classmethod
    def _whole(cls, value: str) -> str:
        where = urlsplit(value)
        if where.scheme not in ("http", "https") or not where.hostname:
            raise ValueError("write the whole address, for instance https://api.trello.com")
        return value.rstrip("/")

    def policy(self) -> CardPolicy:
        return CardPolicy(title=self.title == "ticket", text=self.description == "text")
