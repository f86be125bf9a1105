"""[replies] and [smtp]: what clients are told, and how it is sent."""

from typing import Literal

from pydantic import Field, model_validator

from intake.settings.credential import Credential
from intake.settings.internet_names import EmailAddress, Host
from intake.settings.listeners import OAuth, Security
from intake.settings.section import PathSetting, Section


class Smtp(Section):
    """The server through which replies are sent."""

    host: Host = "localhost"
    port: int = Field(default=0, ge=0, le=65535)
    """0: 465 with tls, 587 with starttls, 25 otherwise."""
    security: Security = Security.STARTTLS
    """With `tls` and `starttls` the certificate is checked; `none` is for loopback."""
    ca_file: PathSetting | None = None
    """A CA certificate, in addition to the system's, for a server with a private CA."""
    user: str = ""
    """Empty: no login."""
    password: Credential | None = None
    oauth: OAuth | None = None
    timeout: float = Field(default=30, gt=0)
    """Seconds that one step of the SMTP dialogue may take."""
    connections: int = Field(default=4, ge=1, le=50)
    """Open connections, and so the number of replies that are sent at the same time."""
    messages_per_connection: int = Field(default=100, ge=1)
    """After this many messages a connection is closed and a new one opened."""

    @model_validator(mode="after")
    def _login(self) -> "Smtp":
        if self.password is not None and self.oauth is not None:
            raise ValueError("give either password or oauth, not both")
        if (self.password or self.oauth) and not self.user:
            raise ValueError("a login needs user")
        return self

    @property
    def effective_port(self) -> int:
        default = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}
        return self.port or default[self.security]


class Replies(Section):
    """What is sent to clients in the firm's name."""

    backend: Literal["smtp", "maildir", "none"] = "none"
    """`maildir` writes into `outbox` instead of sending, for demos and trials; `none` sends
    nothing."""
    outbox: PathSetting | None = None
    """The Maildir of `backend = "maildir"`."""
    sender: EmailAddress = "suporte@r3izzy.com.br"
    """The address from which the desk replies."""
    sender_name: str = "R3izzy – Central de Ajuda"
    """The display name of that address."""
    templates: PathSetting | None = None
    """A folder with templates that replace the shipped ones of the same name."""
    default_language: Literal["pt-BR", "en"] = "pt-BR"
    """The language of replies if no rule detects the client's."""
    give_up_after_days: float = Field(default=5, gt=0, le=365)
    """Days during which a reply that was temporarily refused is retried."""
    per_address_hour: int = Field(default=10, ge=0)
    """Most acknowledgements to one address in any hour, so that two automatic replies cannot answer
    each other for ever."""
    overall_hour: int = Field(default=2000, ge=0)
    """Most acknowledgements to all addresses together in any hour."""

    @model_validator(mode="after")
    def _outbox(self) -> "Replies":
        if self.backend == "maildir" and self.outbox is None:
            raise ValueError('backend = "maildir" needs outbox')
        return self
