"""[desk] and [odoo]: where tickets live."""

from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from intake.settings.complaint import Complaints
from intake.settings.credential import Credential
from intake.settings.odoo_profiles import OURS
from intake.settings.section import PathSetting, Section
from routing.suggestion import suggestion

Stars: TypeAlias = dict[Literal["high", "medium", "low"], Literal["0", "1", "2", "3"]]
STARS: Stars = {"high": "3", "medium": "2", "low": "1"}


class Desk(Section):
    """Which desk: the embedded one, or the Odoo of [odoo]."""

    backend: Literal["embedded", "odoo"] = "embedded"


class Discuss(Section):
    """The channel of Odoo's Discuss where the team opens tickets by `/ticket`. `[odoo.discuss]`
    alone is enough; `intake odoo setup` makes the channel."""

    channel: str = Field(default="comandos de atendimento", min_length=1, max_length=100)
    """Its name."""
    poll: float = Field(default=3, ge=1, le=30)
    """Seconds between looks: somebody waits for the answer."""


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
    timeout: float = Field(default=60, gt=0)
    """Seconds that any one call may take: an Odoo under load needs half a minute now and then."""
    sessions: int = Field(default=3, ge=1, le=20)
    """Logged-in sessions that the workers share."""
    poll: float = Field(default=15, ge=1, le=30)
    """Seconds between looks at what people changed in Odoo."""
    attach_raw: bool = True
    """The mail as it came is attached to its ticket, as .eml."""
    create_contacts: bool = False
    """A requester whom Odoo does not know becomes a contact, where the rights allow it."""
    alarms: Literal["activity", "note"] = "activity"
    """What the watch's alarms are at the desk, for whoever has "odoo" among their channels:
    `activity`: a To-do in their own list, which goes when its alarm is answered. `note`: an
    internal note on the ticket; that is also what Odoo gets where it takes no activity."""
    notify: bool = False
    """Odoo's own mail to whoever the daemon gives a ticket. Messages never make Odoo send any."""
    priorities: Stars = Field(default=STARS)
    """Stars of each priority, `"0"` to `"3"`."""
    discuss: Discuss | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    """For firms that added fields: ours = "theirs", for instance number = "x_studio_number"; an
    empty text leaves ours out. docs/odoo.md lists ours."""

    @field_validator("fields")
    @classmethod
    def _ours(cls, value: dict[str, str]) -> dict[str, str]:
        for name in value:
            if name not in OURS:
                raise ValueError(f"a ticket has no {name!r}; {suggestion(name, sorted(OURS))}")
        return value

    @field_validator("priorities")
    @classmethod
    def _all(cls, value: Stars) -> Stars:
        return STARS | value

    @field_validator("url")
    @classmethod
    def _whole(cls, value: str) -> str:
        where = urlsplit(value)
        if value and (where.scheme not in ("http", "https") or not where.hostname):
            raise ValueError("write the whole address, for instance https://odoo.example.com")
        if where.path.strip("/") or where.query or where.fragment:
            raise ValueError(
                "leave out what follows the host: Odoo answers at the root, "
                f"{where.scheme}://{where.netloc}"
            )
        return value.rstrip("/")


NEEDED = {
    "url": "the address of the Odoo, for instance https://odoo.example.com",
    "database": "the name of its database",
    "user": "the login of the daemon's own Odoo user",
    "password": 'its password or API key, for instance { env = "SUPPORT_ODOO_PASSWORD" }',
}


def check_desk(desk: Desk, odoo: Odoo) -> None:
    """`backend = "odoo"` needs the login. Raises ValidationError as from the root."""
    complaints = Complaints("Settings")
    if desk.backend == "odoo":
        for key, meaning in NEEDED.items():
            if not getattr(odoo, key):
                complaints.add(("odoo", key), f'[desk] backend = "odoo" needs {meaning}')
    complaints.raise_if_any()
