"""[http]: the daemon's HTTP server, and the limits on its connections."""

from typing import Annotated

from pydantic import Field

from intake.settings.internet_names import Network
from intake.settings.section import Section

Seconds = Annotated[float, Field(gt=0, le=3600)]


class Http(Section):
    """The daemon's only HTTP server: health, metrics and webhooks.

    docs/servidor-http.md describes the reverse proxy in front of it.
    """

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(default=8765, ge=0, le=65535)
    """0: any free port, which is logged."""
    trusted_proxies: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")
    """Addresses or networks of reverse proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are
    believed. By default those on this machine; `[]`: none."""
    connections: int = Field(default=512, ge=8, le=100_000)
    """Most open connections. When there are more, the connection that has been idle longest is
    closed."""
    connections_per_address: int = Field(default=64, ge=1)
    """Most open connections from one address (for IPv6, from one /64 network). Trusted proxies are
    not limited."""
    head_seconds: Seconds = 10.0
    """Seconds within which a request's head must arrive; also the limit for the rest of a body that
    was answered before its end."""
    head_bytes: int = Field(default=32_000, ge=1_000, le=1_000_000)
    """Largest head of a request in bytes: its address and all headers."""
    request_seconds: Seconds = 60.0
    """Seconds from the end of a request's head to the end of its response."""
    idle_seconds: Seconds = 75.0
    """Seconds that a connection may stay open between two requests. Make it longer than the proxy's
    own limit, or a request may arrive on a connection that is being closed."""
