"""[twilio]: WhatsApp, SMS and telephone calls."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from intake.ports.reply_kinds import KINDS
from intake.settings.credential import Credential
from intake.settings.section import Section
from intake.settings.voice import Voice
from intake.settings.whatsapp_templates import ANY_KIND, WhatsAppTemplate

AccountSid = Annotated[str, Field(pattern=r"^AC[0-9a-fA-F]{32}$")]
Number = Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{6,14})?$")]


class Twilio(Section):
    """An account at Twilio. docs/whatsapp.md has the steps."""

    account_sid: AccountSid
    """`AC…`, as Twilio's console shows it."""
    auth_token: Credential
    """Signs Twilio's requests to us, and is our password for its API."""
    subaccounts: dict[AccountSid, Credential] = Field(default_factory=dict)
    """Auth tokens of subaccounts whose webhooks are sent here too."""
    public_url: str
    """The address at which Twilio reaches this daemon, without a path:
    `https://desk.example.com`."""
    whatsapp_from: Number = ""
    """Our WhatsApp number in E.164. Empty: no replies by WhatsApp."""
    sms_from: Number = ""
    """Our number for SMS in E.164. Empty: no replies by SMS."""
    sms_accents: bool = True
    """False: SMS are written without the accents that GSM-7 lacks, "não" as "nao", at half the
    price."""
    whatsapp_templates: dict[str, WhatsAppTemplate] = Field(default_factory=dict)
    """Kind of reply → the template used outside WhatsApp's 24-hour window. `any`: all other
    kinds."""
    voice: Voice | None = None
    """With this section, an answering machine takes calls."""
    api_url: str = "https://api.twilio.com"
    """The address of Twilio's API; only tests change it."""
    reconcile: bool = True
    """Whether Twilio's list of messages is compared with the store, at start and every 15
    minutes."""
    media_hosts: tuple[str, ...] = ("twilio.com", "twiliocdn.com", "media.twiliocdn.com")
    """Hosts from which files of messages are fetched; their subdomains are included."""
    media_timeout: float = Field(default=30, gt=0)
    """Seconds that fetching one file may take."""

    @field_validator("whatsapp_templates")
    @classmethod
    def _kinds_known(cls, value: dict[str, WhatsAppTemplate]) -> dict[str, WhatsAppTemplate]:
        for kind in value:
            if kind != ANY_KIND and kind not in KINDS:
                known = ", ".join([*sorted(KINDS), ANY_KIND])
                raise ValueError(f"{kind!r} is no kind of reply; write one of {known}")
        return value

    @field_validator("public_url", "api_url")
    @classmethod
    def _whole(cls, value: str) -> str:
        where = urlsplit(value)
        if where.scheme not in ("http", "https") or not where.hostname:
            raise ValueError("write the whole address, for instance https://desk.example.com")
        if where.path.strip("/") or where.query or where.fragment:
            raise ValueError(f"leave out what follows the host: {where.scheme}://{where.netloc}")
        return value.rstrip("/")
