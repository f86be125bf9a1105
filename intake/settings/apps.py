"""[[app]]: the firm's own apps, which open tickets by signed webhooks."""

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
    """Where its Standard Webhooks secrets (`whsec_…`) are: any of them may sign a request, the
    first signs our callbacks. Two while one is being replaced; `intake app add` makes one."""
    tokens: tuple[Credential, ...] = ()
    """Where bearer tokens are, for an app that cannot sign."""
    callback: str = ""
    """Where the app is told that a request was acknowledged, scheduled, done or cancelled."""
    file_hosts: tuple[Host, ...] = ()
    """Hosts from which files that it names by address are fetched; none without this."""
    max_request: int = Field(default=10_000_000, gt=0, le=100_000_000)
    """Bytes of a request, with the files in it."""

    @field_validator("callback")
    @classmethod
    def _whole(cls, value: str) -> str:
        where = urlsplit(value)
        _ = where.port  # Raises ValueError where it is none.
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
