"""[log] and [work]: how the daemon itself runs."""

from typing import Literal

from pydantic import Field

from intake.settings.section import Section


class Log(Section):
    """Structured logs on standard error, without message contents."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"
    """`auto`: console on a terminal, JSON lines otherwise."""


class Work(Section):
    """The queue's workers in this process."""

    partitions: int = Field(default=8, ge=1, le=1024)
    """Conversations are spread over this many partitions; each keeps its order."""
    concurrency: int = Field(default=8, ge=1, le=64)
    """Jobs at a time. Each may hold a database connection while it waits for a mail server."""
    stalled_after: float = Field(default=30, ge=5)
    """Seconds without a heartbeat after which a worker's jobs are taken over."""
    shutdown_grace: float = Field(default=20, gt=0)
    """Seconds that SIGTERM leaves for work under way."""
