"""[database]: the PostgreSQL database of the store."""

from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, field_validator

from intake.settings.credential import Credential
from intake.settings.section import PathSetting, Section


class Database(Section):
    """With an empty `url`, an embedded PostgreSQL runs in `folder`; only this host can reach it."""

    url: str = ""
    """`postgresql://user@host/database`, without the password."""
    password: Credential | None = None
    folder: PathSetting = Path("var/journal")
    """The data folder of the embedded PostgreSQL."""
    pool_size: int = Field(default=16, ge=2, le=100)
    """Most connections that the daemon opens, in addition to the queue's own. Make it larger than
    `work.concurrency`, or the listeners may have to wait."""

    @field_validator("url")
    @classmethod
    def _without_password(cls, value: str) -> str:
        try:
            parts = conninfo_to_dict(value)
        except psycopg.ProgrammingError as error:
            raise ValueError(
                "it is no PostgreSQL URL; write for instance postgresql://intake@db/intake"
            ) from error
        if "password" in parts:
            raise ValueError(
                "a secret never stands here: leave the password out, and give "
                'password = { credential = "intake-database-password" }'
            )
        return value
