"""[http]: the daemon's one HTTP server, and what a stranger may keep of it."""

from typing import Annotated

from pydantic import Field

from intake.settings.internet_names import Network
from intake.settings.section import Section

Seconds = Annotated[float, Field(gt=0, le=3600)]


class Http(Section):
    """The one HTTP server of the daemon: health, metrics and webhooks.

    docs/servidor-http.md has the reverse proxy in front of it.
    """

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=0, le=65535)
    """0 takes any free port and logs it."""
    trusted_proxies: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")
    """Whose `X-Forwarded-For` and `X-Forwarded-Proto` count: the addresses of the reverse proxies,
    or networks of them. By default those on this machine; `[]` for none."""
    connections: int = Field(default=512, ge=8, le=100_000)
    """Open at a time. Of more, the one that has waited longest without asking for anything goes."""
    connections_per_address: int = Field(default=64, ge=1)
    """Open at a time from one address (of IPv6: one /64 network), the trusted proxies excepted."""
    head_seconds: Seconds = 10.0
    """In which the head of a request must have come, and the rest of a body that nobody reads."""
    head_bytes: int = Field(default=32_000, ge=1_000, le=1_000_000)
    """Size of a request's head: its address and all headers."""
    request_seconds: Seconds = 60.0
    """From a request's head to the end of its answer."""
    idle_seconds: Seconds = 75.0
    """Between two requests on a connection. Longer than the proxy keeps it, or a request may meet
    a connection that is just being closed."""
