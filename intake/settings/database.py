"""[database]: where the journal lives."""

from pathlib import Path

from pydantic import Field

from intake.settings.credential import Credential
from intake.settings.section import PathSetting, Section


class Database(Section):
    """With an empty `url`, PostgreSQL runs embedded in `folder`, reachable by this host only."""

    url: str = ""
    """`postgresql://user@host/database`, without the password."""
    password: Credential | None = None
    folder: PathSetting = Path("var/journal")
    """Where the embedded one keeps its data."""
    pool_size: int = Field(default=16, ge=2, le=100)
    """Connections that the daemon holds at most, beside the queue's own."""
    """Connections at most. More than `work.concurrency`, or the listeners may have to wait."""
