"""A private Odoo 19 on loopback, with a fresh database for whoever asks.

The program comes from tests/servers/odoo_install.sh. The modules are installed once, into a
template; each test module gets a copy of it, which takes a moment.
"""

import itertools
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.postgres import PostgresCluster
from tests.servers.process import HOST, ServerUnavailable, end, free_port, wait_until

TEMPLATE = "odoo_template"
MODULES = "project,helpdesk_mgmt"
PATIENCE = 120.0
"""Seconds: Odoo takes its time on a loaded machine."""


@dataclass(frozen=True, slots=True)
class OdooDatabase:
    """A database of the server, with the administrator that Odoo makes."""

    url: str
    name: str
    user: str = "admin"
    password: str = "admin"


def odoo_folder() -> Path:
    """Where the install script puts it."""
    named = os.environ.get("INTAKE_TEST_ODOO")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(cache) / "central-intake" / "odoo-19"


class OdooServer:
    """Made by `running_odoo()`."""

    def __init__(self, cluster: PostgresCluster) -> None:
        self.folder = odoo_folder()
        if not (self.folder / ".complete").exists():
            raise ServerUnavailable("Odoo 19 is not there: run tests/servers/odoo_install.sh")
        self._cluster = cluster
        self._work = cluster.folder / "odoo"
        self._work.mkdir()
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        self._configure()
        self._make_template()

    def new_database(self) -> OdooDatabase:
        """A copy of the template, with its files."""
        name = f"desk{next(self._numbers)}"
        with psycopg.connect(self._cluster.url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(TEMPLATE)
                )
            )
        files = self._work / "data" / "filestore"
        shutil.copytree(files / TEMPLATE, files / name)
        return OdooDatabase(self.url, name)

    def start(self) -> None:
        """Returns once it answers."""
        with (self._work / "log").open("ab") as log:
            self._process = subprocess.Popen(self._command(), stdout=log, stderr=log)
        wait_until(self._answers, "Odoo answers", PATIENCE)

    def stop(self) -> None:
        """As a service manager would."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            end(self._process)
            self._process = None

    def kill(self) -> None:
        """SIGKILL. `start` again after it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def run_script(self, script: Path, database: OdooDatabase, patience: float = 600) -> str:
        """Run Python inside of Odoo (`odoo shell`), beside the server. Returns what it prints."""
        with script.open("rb") as source:
            done = subprocess.run(
                self._shell(database.name),
                stdin=source,
                capture_output=True,
                text=True,
                check=False,
                timeout=patience,
            )
        if done.returncode != 0:
            raise RuntimeError(f"the script failed: {done.stderr[-3000:]}")
        return done.stdout

    def log(self) -> str:
        """All that it has said."""
        path = self._work / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _command(self, *more: str) -> list[str]:
        python = str(self.folder / "venv" / "bin" / "python")
        return [python, "-m", "odoo", "-c", str(self._work / "odoo.conf"), *more]

    def _shell(self, database: str) -> list[str]:
        python = str(self.folder / "venv" / "bin" / "python")
        configuration = str(self._work / "odoo.conf")
        return [python, "-m", "odoo", "shell", "-c", configuration, "-d", database, "--no-http"]

    def _configure(self) -> None:
        packages = next((self.folder / "venv" / "lib").glob("python3*/site-packages"))
        settings = {
            "addons_path": packages / "odoo" / "addons",
            "data_dir": self._work / "data",
            "db_host": HOST,
            "db_port": self._cluster.port,
            "db_user": "intake",
            "http_interface": HOST,
            "http_port": self.port,
            # Or it would open the template itself, and nobody could copy it.
            "dbfilter": "^desk",
            "max_cron_threads": 0,
            "log_handler": ":INFO,odoo.addons.rpc.controllers.jsonrpc:ERROR,py.warnings:ERROR",
        }
        lines = ["[options]", *(f"{key} = {value}" for key, value in settings.items())]
        (self._work / "odoo.conf").write_text("\n".join(lines) + "\n")

    def _make_template(self) -> None:
        done = subprocess.run(
            self._command(
                "-d", TEMPLATE, "-i", MODULES, "--skip-auto-install", "--stop-after-init"
            ),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        if done.returncode != 0 or "Registry loaded" not in done.stderr:
            raise ServerUnavailable(f"Odoo could not install {MODULES}: {done.stderr[-2000:]}")

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"Odoo ended at start: {self.log()[-2000:]}")
        try:
            with urllib.request.urlopen(f"{self.url}/web/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


@contextmanager
def running_odoo(cluster: PostgresCluster) -> Iterator[OdooServer]:
    """A started server on that cluster. Raises ServerUnavailable where it cannot be had."""
    server = OdooServer(cluster)
    try:
        server.start()
        yield server
    finally:
        server.stop()
