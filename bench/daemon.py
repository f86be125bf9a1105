"""Runs the real daemon as a process: `intake run` with its own settings, store and log."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.processes import Memory, memory, pss
from bench.processes import family as descendants
from tests.servers.dovecot import Dovecot

PASSWORD = "BENCH_IMAP_PASSWORD"
NO_SECRETS: Mapping[str, str] = {}
_INTAKE = [sys.executable, "-c", "from intake.cli.main import main; main()"]
_SETTINGS = """
[database]
folder = "{folder}/journal"

[[imap]]
name = "bench"
host = "{host}"
port = {imap}
security = "none"
user = "{user}"
password = {{ env = "{password}" }}
# Measured from the mail to its answer; some of it lies there before the daemon starts.
import_existing = "acknowledge"

[replies]
backend = "smtp"
overall_hour = 20000

[smtp]
host = "{host}"
port = {smtp}
security = "none"

[http]
port = 0

[[roster.person]]
login = "ana.n0"
name = "Ana Lima"
levels = ["N0"]

[[roster.person]]
login = "edu.n1"
name = "Edu Reis"
levels = ["N1"]

[[roster.person]]
login = "eva.coord"
name = "Eva Melo"
levels = ["Coordenação"]
"""


class Daemon:
    """A running daemon, made by `running_daemon()`."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.pid = process.pid
        self._process = process
        self._folder = folder

    @property
    def log(self) -> str:
        """The log so far."""
        return (self._folder / "intake.log").read_text(errors="replace")

    def wait_for(self, words: str, patience: float = 60) -> None:
        """Wait until the log contains `words`. Raises RuntimeError with the log's end after
        `patience` seconds."""
        deadline = time.monotonic() + patience
        while words not in self.log:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the daemon did not say {words!r}:\n{self.log[-3000:]}")
            time.sleep(0.05)

    def postgres(self) -> list[int]:
        """Process ids of the embedded PostgreSQL."""
        file = self._folder / "journal" / "pgdata" / "postmaster.pid"
        return descendants(int(file.read_text().split()[0]))

    def memory(self) -> Memory:
        """Memory of the daemon's own process."""
        return memory(self.pid)

    def postgres_pss(self) -> int:
        """Memory of PostgreSQL's processes, as PSS in bytes."""
        return pss(self.postgres())


@contextmanager
def running_daemon(
    dovecot: Dovecot,
    user: str,
    smtp_port: int,
    folder: Path,
    *,
    more: str = "",
    secrets: Mapping[str, str] = NO_SECRETS,
) -> Iterator[Daemon]:
    """Run a daemon that listens to the user's INBOX; at the end it is stopped by SIGTERM.

    `more` is appended to the settings; `secrets` are environment variables that they refer to.
    """
    settings = folder / "settings.toml"
    settings.write_text(
        _SETTINGS.format(
            folder=folder,
            host=dovecot.host,
            imap=dovecot.ports.plain,
            user=user,
            password=PASSWORD,
            smtp=smtp_port,
        )
        + more
    )
    with (folder / "intake.log").open("wb") as log:
        process = subprocess.Popen(
            [*_INTAKE, "-c", str(settings), "run"],
            stdout=log,
            stderr=log,
            env={**os.environ, **secrets, PASSWORD: dovecot.password(user)},
        )
        daemon = Daemon(process, folder)
        try:
            daemon.wait_for('"listener.listening"')
            yield daemon
        finally:
            process.terminate()
            process.wait(60)
