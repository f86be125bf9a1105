"""[desk] and [odoo]: the desk that holds the tickets."""

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
    """Which desk holds the tickets: `embedded`, or the Odoo of [odoo]."""

    backend: Literal["embedded", "odoo"] = "embedded"


class Discuss(Section):
    """The channel of Odoo's Discuss where the team opens tickets with `/ticket`. The line
    `[odoo.discuss]` alone is enough; `intake odoo setup` creates the channel."""

    channel: str = Field(default="comandos de atendimento", min_length=1, max_length=100)
    """The channel's name."""
    poll: float = Field(default=3, ge=1, le=30)
    """Seconds between checks for new messages. Keep it short: somebody waits for the answer."""


class Odoo(Section):
    """A stock Odoo 19. The user needs the rights that docs/odoo.md lists."""

    url: str = ""
    """The address at which people open it: `https://odoo.example.com`."""
    database: str = ""
    user: str = ""
    """The login of the daemon's own user in Odoo."""
    password: Credential | None = None
    """The user's password, or an API key."""
    ca_file: PathSetting | None = None
    """A CA certificate, in addition to the system's, for a server with a private CA."""
    profile: Literal["project.task", "helpdesk.ticket"] = "project.task"
    """`project.task`: tickets are tasks of a project in stock Odoo. `helpdesk.ticket`: tickets of a
    team in OCA's helpdesk module."""
    project: str = "Central de Ajuda"
    """The name of the project or team; `intake odoo setup` creates it."""
    timeout: float = Field(default=60, gt=0)
    """Seconds that one call may take. An Odoo under load sometimes needs half a minute."""
    sessions: int = Field(default=3, ge=1, le=20)
    """Number of logged-in sessions that the workers share."""
    poll: float = Field(default=15, ge=1, le=30)
    """Seconds between checks for what people changed in Odoo."""
    attach_raw: bool = True
    """Whether the original mail is attached to its ticket, as .eml."""
    create_contacts: bool = False
    """Whether a requester whom Odoo does not know becomes a contact, if the user's rights allow
    it."""
    alarms: Literal["activity", "note"] = "activity"
    """What an alarm becomes in Odoo, for people who have "odoo" among their channels. `activity`: a
    To-do in their own list, removed when the alarm is answered. `note`: an internal note on the
    ticket, which is also used where Odoo accepts no activity."""
    notify: bool = False
    """Whether Odoo mails a person to whom the daemon assigns a ticket. The daemon's messages never
    make Odoo send mail."""
    priorities: Stars = Field(default=STARS)
    """Stars for each priority, `"0"` to `"3"`."""
    discuss: Discuss | None = None
    fields: dict[str, str] = Field(default_factory=dict)
    """For firms that added fields: our field = "their field", for instance number =
    "x_studio_number". An empty text means that the field is not written. docs/odoo.md lists our
    fields."""

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
    """Check that `backend = "odoo"` has an address and a login.

    Raises ValidationError with places that start at the settings' root.
    """
    complaints = Complaints("Settings")
    if desk.backend == "odoo":
        for key, meaning in NEEDED.items():
            if not getattr(odoo, key):
                complaints.add(("odoo", key), f'[desk] backend = "odoo" needs {meaning}')
    complaints.raise_if_any()
