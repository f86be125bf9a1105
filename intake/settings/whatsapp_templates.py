"""[twilio.whatsapp_templates.KIND]: messages that WhatsApp accepts outside its 24-hour window."""

from string import Formatter
from typing import Annotated

from pydantic import Field, field_validator

from intake.settings.section import Section

ANY_KIND = "any"
"""Used instead of a kind of reply: all kinds without a template of their own."""
FACTS = frozenset(("name", "number", "text"))
"""What a variable may contain: the client's name, the ticket's number, the reply's text in one
line."""

Place = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,16}$")]


class WhatsAppTemplate(Section):
    """A template that Meta has approved."""

    content_sid: str = Field(pattern=r"^HX[0-9a-fA-F]{32}$")
    """Twilio's id of the template, `HX…`, as its Content Template Builder shows it."""
    variables: dict[Place, str] = Field(default_factory=dict)
    """The value of each variable: `{ 1 = "{name}", 2 = "{number}", 3 = "{text}" }`."""

    @field_validator("variables")
    @classmethod
    def _known(cls, value: dict[str, str]) -> dict[str, str]:
        for words in value.values():
            try:
                named = [name for _, name, _, _ in Formatter().parse(words) if name is not None]
            except ValueError as error:
                raise ValueError(f"{words!r}: {error}") from error
            for name in named:
                if name not in FACTS:
                    known = ", ".join(f"{{{fact}}}" for fact in sorted(FACTS))
                    raise ValueError(f"{{{name}}} is unknown; known are {known}")
        return value
