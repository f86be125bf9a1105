"""[desk] and [odoo]: where tickets live."""

from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from intake.settings.credential import Credential
from intake.settings.section import PathSetting, Section

Stars: TypeAlias = dict[Literal["high", "medium", "low"], str]


class Desk(Section):
    """Which desk: the embedded one, or the Odoo of [odoo]."""

    via: Literal["embedded", "odoo"] = "embedded"


class Odoo(Section):
    """A stock Odoo 19. The user needs the rights that docs/odoo.md lists."""

    url: str = ""
    """As people open it: `https://odoo.example.com`."""
    database: str = ""
    user: str = ""
    """The login of the daemon's own Odoo user."""
    password: Credential | None = None
    """Or an API key."""
    ca_file: PathSetting | None = None
    """A CA certificate beside the system's own, for a server with a private CA."""
    profile: Literal["project.task", "helpdesk.ticket"] = "project.task"
    """`project.task`: a project of stock Odoo. `helpdesk.ticket`: a team of OCA's helpdesk."""
    project: str = "Central de Ajuda"
    """The project's or team's name; `intake odoo setup` makes it."""
    timeout: float = Field(default=30, gt=0)
    """Seconds that any one call may take."""
    sessions: int = Field(default=3, ge=1, le=20)
    """Logged-in sessions that the workers share."""
    poll: float = Field(default=15, ge=1, le=30)
    """Seconds between looks at what people changed in Odoo."""
    attach_raw: bool = True
    """The mail as it came is attached to its ticket, as .eml."""
    create_contacts: bool = False
    """A requester whom Odoo does not know becomes a contact, where the rights allow it."""
    notify: bool = False
    """Odoo's own notifications to followers about what the daemon writes."""
    priorities: Stars = Field(default={"high": "3", "medium": "2", "low": "1"})
    """Stars of each priority."""
    fields: dict[str, str] = Field(default_factory=dict)
    """For firms that added fields: ours = "theirs", for instance number = "x_studio_number"."""

    @field_validator("url")
    @classmethod
    def _whole(cls, value: str) -> str:
        where = urlsplit(value)
        if value and (where.scheme not in ("http", "https") or not where.hostname):
            raise ValueError("write the whole address, for instance https://odoo.example.com")
        return value.rstrip("/")
