"""[database]: where the journal lives."""

from pathlib import Path

from pydantic import Field

from intake.settings.credential import Credential
from intake.settings.section import PathSetting, Section


class Database(Section):
    """With an empty `url`, PostgreSQL runs embedded in `folder`, reachable by this host only."""

    url: str = ""
    password: Credential | None = None
    folder: PathSetting = Path("var/journal")
    pool_size: int = Field(default=16, ge=2, le=100)
    """Connections at most. More than `work.concurrency`, or the listeners may have to wait."""
