"""[log] and [work]: logging and the queue's workers."""

from typing import Literal

from pydantic import Field

from intake.settings.section import Section


class Log(Section):
    """Structured logs on standard error. They never hold message contents."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"
    """`auto`: plain lines on a terminal, JSON lines otherwise."""


class Work(Section):
    """The queue's workers in the daemon's process."""

    partitions: int = Field(default=8, ge=1, le=1024)
    """Conversations are spread over this many partitions. The order is kept within each."""
    concurrency: int = Field(default=8, ge=1, le=64)
    """Jobs that run at the same time. Each may hold a database connection while it waits for a mail
    server."""
    stalled_after: float = Field(default=30, ge=5)
    """Seconds without a heartbeat after which other workers take over a worker's jobs."""
    shutdown_grace: float = Field(default=20, gt=0)
    """Seconds after SIGTERM for running jobs to finish."""
