"""A PostgreSQL cluster of our own, made with Debian's programs, on a port of loopback."""

import itertools
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.process import (
    HOST,
    end,
    find_program,
    free_port,
    private_folder,
    unprivileged,
    wait_until,
)

SETTINGS = {
    "listen_addresses": HOST,
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
}
"""It need not outlive the machine: fsync is off. It does outlive a kill of its processes."""


class PostgresCluster:
    """Made by `running_postgres()`. Runs as this user, or as `nobody` where that is root."""

    def __init__(self) -> None:
        self._initdb = find_program("initdb", *_program_folders())
        self._postgres = find_program("postgres", *_program_folders())
        self._account = unprivileged()
        self.folder = private_folder("postgres", self._account)
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)
        data = str(self.folder / "data")
        subprocess.run(  # type: ignore[call-overload]
            [self._initdb, "-D", data, "-U", "intake", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            **self._account.popen,
        )  # fmt: skip

    @property
    def url(self) -> str:
        """Of the database `postgres`, as its superuser, without a password."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        return f"postgresql://intake@{HOST}:{self.port}/{database}"

    def new_database(self) -> str:
        """Create an empty database. Returns its URL."""
        name = f"test{next(self._numbers)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url_of(name)

    def start(self) -> None:
        """Returns once it answers queries."""
        settings = {**SETTINGS, "port": str(self.port), "unix_socket_directories": self.folder}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # type: ignore[call-overload]
                [self._postgres, "-D", str(self.folder / "data"), *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                **self._account.popen,
            )
        wait_until(self._answers, "PostgreSQL answers")

    def stop(self) -> None:
        """A fast shutdown: sessions are cut, nothing committed is lost."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            end(self._process)
            self._process = None

    def kill(self) -> None:
        """SIGKILL to the postmaster, as the out-of-memory killer would. `start` again after it.

        Its children notice and end by themselves; returns once the data folder can be used again.
        """
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
            wait_until(lambda: not self._sessions_alive(), "PostgreSQL's children are gone")

    def remove(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            said = (self.folder / "log").read_text(errors="replace")[-2000:]
            raise AssertionError(f"PostgreSQL ended at start: {said}")
        try:
            with psycopg.connect(self.url, connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def _sessions_alive(self) -> bool:
        data = self.folder / "data"
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and (entry / "cwd").readlink() == data:
                    return True
            except OSError:
                continue
        return False


def _program_folders() -> list[str]:
    """Where Debian keeps them, the newest version first."""
    found = Path("/usr/lib/postgresql").glob("*/bin")
    return [str(path) for path in sorted(found, key=lambda path: -float(path.parent.name))]


@contextmanager
def running_postgres() -> Iterator[PostgresCluster]:
    """A started cluster, gone at the end. Raises ServerUnavailable where it cannot be had."""
    cluster = PostgresCluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()
