"""[[app]]: the firm's own apps, which open tickets through signed webhooks."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from intake.settings.credential import Credential
from intake.settings.internet_names import Host
from intake.settings.section import Section

AppName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]


class App(Section):
    """One app that may open tickets at `/v1/requests`. docs/apps.md has the steps."""

    name: AppName
    """Lower-case letters, digits and `-`."""
    secrets: tuple[Credential, ...] = ()
    """Its Standard Webhooks secrets (`whsec_…`), by reference. A request may be signed with any of
    them; our callbacks are signed with the first. Give two while replacing one. `intake app add`
    makes one."""
    tokens: tuple[Credential, ...] = ()
    """Bearer tokens, by reference, for an app that cannot sign."""
    callback: str = ""
    """The address to which we report that a request was acknowledged, scheduled, done or
    cancelled."""
    file_hosts: tuple[Host, ...] = ()
    """Hosts from which we may fetch files that the app gives by URL. Empty: no files are
    fetched."""
    max_request: int = Field(default=10_000_000, gt=0, le=100_000_000)
    """Largest request in bytes, including its files."""

    @field_validator("callback")
    @classmethod
    def _whole(cls, value: str) -> str:
        where = urlsplit(value)
        _ = where.port  # Raises ValueError if it is not a valid port.
        if value and (where.scheme not in ("http", "https") or not where.hostname):
            raise ValueError("write the whole address, for instance https://app.example.com/desk")
        return value

    @model_validator(mode="after")
    def _can_be_known(self) -> "App":
        if not self.secrets and not self.tokens:
            raise ValueError(
                f"app {self.name!r} has neither secrets nor tokens; `intake app add` makes one"
            )
        if self.callback and not self.secrets:
            raise ValueError(f"the callback of app {self.name!r} is signed: it needs secrets")
        return self
