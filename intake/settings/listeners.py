"""[[imap]] and [[maildir]]: the mailboxes from which messages are fetched."""

from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from intake.settings.credential import Credential
from intake.settings.internet_names import Host
from intake.settings.section import PathSetting, Section


class Security(StrEnum):
    """How a connection is protected. `none` is for loopback and tests."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


class PostFetchAction(StrEnum):
    """What happens to a mail in the mailbox after it is stored."""

    LEAVE = "leave"
    FLAG = "flag"
    MOVE = "move"


class ImportExisting(StrEnum):
    """What happens to mail that is already in the mailbox when it is read for the first time.

    `silent`: it becomes tickets, without replies or alarms. `no`: it is ignored. `acknowledge`: it
    is treated like new mail, replies included.
    """

    SILENT = "silent"
    NO = "no"
    ACKNOWLEDGE = "acknowledge"


_LOOPBACK = ("localhost", "127.0.0.1", "::1")
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time on a 24-hour clock: `03:30`."""


class OAuth(Section):
    """OAuth 2.0 for IMAP and SMTP (RFC 6749; XOAUTH2 or OAUTHBEARER, RFC 7628)."""

    provider: Literal["microsoft", "google", "other"] = "other"
    flow: Literal["refresh_token", "client_credentials"] = "refresh_token"
    mechanism: Literal["xoauth2", "oauthbearer"] = "xoauth2"
    tenant: str = "common"
    """Id or domain of the directory (tenant) at Microsoft. Required for client_credentials."""
    token_url: str = ""
    """Filled in for microsoft and google."""
    scope: str = ""
    """Filled in for microsoft and google."""
    client_id: str
    client_secret: Credential | None = None
    refresh_token: Credential | None = None
    """The first refresh token; later ones are kept in the store."""

    @field_validator("token_url")
    @classmethod
    def _protected(cls, value: str) -> str:
        parts = urlsplit(value)
        near = parts.scheme == "http" and parts.hostname in _LOOPBACK
        if value and parts.scheme != "https" and not near:
            raise ValueError("it must begin with https:// (http:// on loopback only)")
        return value

    @model_validator(mode="after")
    def _complete(self) -> "OAuth":
        if self.provider == "other" and not self.token_url:
            raise ValueError('provider "other" needs token_url')
        if self.flow == "refresh_token" and self.refresh_token is None:
            raise ValueError('flow "refresh_token" needs refresh_token')
        if self.flow == "client_credentials" and self.client_secret is None:
            raise ValueError('flow "client_credentials" needs client_secret')
        if self._is_microsoft_app and self.tenant in ("common", "organizations", "consumers"):
            raise ValueError(
                'flow "client_credentials" at microsoft needs tenant: '
                "the directory (tenant) id of your organisation, or its domain"
            )
        return self

    @property
    def _is_microsoft_app(self) -> bool:
        return self.provider == "microsoft" and self.flow == "client_credentials"


class Imap(Section):
    """One mailbox account. Each folder has its own connection."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    """Part of every message's key: do not change it after messages have arrived."""
    host: Host
    port: int = Field(default=0, ge=0, le=65535)
    """0: 993 with tls, 143 otherwise."""
    security: Security = Security.TLS
    ca_file: PathSetting | None = None
    """A CA certificate, in addition to the system's, for a server with a private CA."""
    user: str
    password: Credential | None = None
    oauth: OAuth | None = None
    folders: tuple[str, ...] = Field(default=("INBOX",), min_length=1)
    post_fetch_action: PostFetchAction = PostFetchAction.LEAVE
    keyword: str = Field(default="CentralIntake", pattern=r"^[A-Za-z0-9$_-]{1,64}$")
    """The IMAP keyword that `post_fetch_action = "flag"` sets."""
    move_to: str = ""
    import_existing: ImportExisting = ImportExisting.SILENT
    """What happens to mail that is in a folder when it is read for the first time: `silent` makes
    tickets without replies, `no` ignores it, `acknowledge` replies to all of it. The server's date
    of arrival (INTERNALDATE) is used, never the Date header."""
    batch: int = Field(default=80, ge=1, le=500)
    """At most this many messages are fetched and stored together: one FETCH, one transaction."""
    timeout: float = Field(default=60, gt=0)
    """Seconds without a response from the server after which a command fails."""
    idle_renew: float = Field(default=4 * 60, gt=0, lt=29 * 60)
    """Seconds after which an IDLE without news is renewed (RFC 2177: before 29 minutes). It can
    take this long to notice that a server dropped the connection silently."""
    poll: float = Field(default=20, gt=0)
    """Seconds between checks if the server does not support IDLE."""
    reconcile_at: TimeOfDay = "03:30"
    """Time of the nightly reconciliation of UIDs with the store, in the calendar's time zone."""

    @model_validator(mode="after")
    def _login(self) -> "Imap":
        if (self.password is None) == (self.oauth is None):
            raise ValueError("give either password or oauth")
        if self.post_fetch_action is PostFetchAction.MOVE and not self.move_to:
            raise ValueError('post_fetch_action = "move" needs move_to')
        if self.move_to and self.move_to in self.folders:
            raise ValueError("move_to is one of the folders that are listened to")
        if len(set(self.folders)) != len(self.folders):
            raise ValueError("folders names one twice")
        return self

    @property
    def effective_port(self) -> int:
        return self.port or (993 if self.security is Security.TLS else 143)


class Maildir(Section):
    """A Maildir, such as Postfix or Dovecot deliver into. Mail in `new/` is stored, then moved to
    `cur/`."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    path: PathSetting
    poll: float = Field(default=0.2, gt=0)
    """Seconds between checks of `new/`."""
    import_existing: ImportExisting = ImportExisting.SILENT
    """What happens to mail that is in `new/` when it is read for the first time: `silent` makes
    tickets without replies, `no` ignores it, `acknowledge` replies to all of it. The file's time is
    used, never the Date header."""
    reconcile_at: TimeOfDay = "03:30"
    """Time of the nightly reconciliation of `cur/` with the store, in case another reader moved
    mail there."""
