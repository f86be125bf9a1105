"""A firm's settings file whose desk is the test's own Odoo, and the commands on it."""

import os
import subprocess
from pathlib import Path
from typing import Any

from intake.desk.odoo.rpc import Login
from tests.daemon.process import INTAKE

PEOPLE = """
[[roster.person]]
login = "ana.n0"
name = "Ana Lima"
levels = ["N0"]
"""


class Firm:
    """Made in a test's own folder."""

    def __init__(self, folder: Path, login: Login, database: str = "") -> None:
        self._folder = folder
        self._login = login
        self._database = database
        self.write()

    def write(self, *, people: str = PEOPLE, more: str = "", **odoo: Any) -> None:
        """The settings file: `odoo` are keys of [odoo], None leaves one out."""
        secret = self._folder / "password"
        secret.write_text(f"{self._login.password}\n")
        given: dict[str, Any] = {
            "url": self._login.url,
            "database": self._login.database,
            "user": self._login.user,
            "password": {"file": str(secret)},
        }
        lines = [f"{key} = {_toml(value)}" for key, value in (given | odoo).items() if value]
        text = "\n".join(
            [f'[database]\nurl = "{self._database}"', '[desk]\nbackend = "odoo"', "[odoo]", *lines]
        )
        (self._folder / "settings.toml").write_text(f"{text}\n{people}\n{more}\n")

    def intake(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """`intake -c settings.toml …`; `typed` comes from standard input."""
        return subprocess.run(
            [INTAKE, "-c", str(self._folder / "settings.toml"), *arguments],
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env={**os.environ, "NO_COLOR": "1"},
        )

    def doctor(self) -> dict[str, str]:
        """What it says of the desk: mark and detail by what was tried. Exit code 1 where a ✗ is."""
        done = self.intake("doctor")
        assert not done.stderr, done.stderr
        assert done.returncode == (1 if "✗" in done.stdout else 0)
        width = done.stdout.splitlines()[0].index("/")
        return {
            line[2:width].strip(): f"{line[0]} {line[width:]}"
            for line in done.stdout.splitlines()
            if line[2:].startswith("desk")
        }


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else f'"{value}"'
