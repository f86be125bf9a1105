"""A folder with a settings file, a Maildir to deliver into and an outbox to look at."""

import itertools
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg

from intake.store.embedded import EmbeddedPostgres
from tests.daemon.journal_copy import lay_journal
from tests.daemon.process import Daemon, command
from tests.servers.process import Account, give, private_folder

QUIET = """
[http]
port = 0
[rules]
shipped = false
[work]
stalled_after = 10
"""
"""Any free port; and what is tested must not depend on how the shipped rules are tuned."""

MAILDIR = """
[[maildir]]
name = "entrada"
path = "maildir"
poll = 0.05
# Tests deliver before they start the daemon, and look at the answers.
import_existing = "acknowledge"
"""

OUTBOX = """
[replies]
backend = "maildir"
outbox = "outbox"
"""

PEOPLE = """
[[roster.person]]
login = "ana.n0"
name = "Ana Lima"
email = "ana.n0@r3izzy.com.br"
levels = ["N0"]
"""

PLAIN = QUIET + MAILDIR + OUTBOX + PEOPLE
"""No server needed: mail comes from a Maildir and goes to one. All paths are relative."""


class Workplace:
    """Made by `workplace()`."""

    def __init__(self, folder: Path, account: Account | None) -> None:
        self.folder = folder
        self.account = account
        self.settings = folder / "settings.toml"
        self.daemons: list[Daemon] = []
        self._numbers = itertools.count(1)
        self.write(PLAIN)
        if account is None:
            lay_journal(folder / "var" / "journal")

    def write(self, text: str) -> None:
        """The settings file."""
        self.settings.write_text(text)

    def daemon(self, environment: Mapping[str, str] | None = None) -> Daemon:
        """Another daemon for these settings, not started."""
        log = self.folder / f"daemon-{len(self.daemons) + 1}.log"
        daemon = Daemon(self.settings, log, account=self.account, environment=environment)
        self.daemons.append(daemon)
        return daemon

    def started(self, environment: Mapping[str, str] | None = None) -> Daemon:
        """Another daemon, ready."""
        daemon = self.daemon(environment)
        daemon.start()
        daemon.wait_ready()
        return daemon

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`intake -c settings.toml …` in some other folder."""
        return command(self.settings, *arguments, account=self.account)

    def tickets(self) -> list[dict[str, Any]]:
        """`intake tickets --json`."""
        done = self.command("tickets", "--json")
        assert done.returncode == 0, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def deliver(self, *mails: bytes) -> None:
        """Into the Maildir, as a mail server does it: written in `tmp/`, moved to `new/`."""
        for name in ("tmp", "new", "cur"):
            (self.folder / "maildir" / name).mkdir(parents=True, exist_ok=True)
        for raw in mails:
            name = f"{next(self._numbers):06}.host"
            file = self.folder / "maildir" / "tmp" / name
            file.write_bytes(raw)
            file.rename(self.folder / "maildir" / "new" / name)

    def answers(self) -> list[EmailMessage]:
        """What is in the outbox."""
        files = sorted((self.folder / "outbox" / "new").glob("*"))
        return [parsed(file.read_bytes()) for file in files]

    @property
    def journal(self) -> EmbeddedPostgres:
        """The embedded PostgreSQL of these settings."""
        return EmbeddedPostgres(self.folder / "var" / "journal")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the journal has, while its server runs."""
        with psycopg.connect(self.journal.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def close(self) -> None:
        """End what still runs."""
        for daemon in self.daemons:
            daemon.kill()
        journal = self.journal
        if journal.is_running():
            journal.start()
            journal.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def workplace(account: Account | None = None) -> Iterator[Workplace]:
    """A new one, gone at the end. With `account`, daemons and commands run as that user."""
    owner = account or Account("", os.getuid(), os.getgid())
    place = Workplace(private_folder("daemon", owner), account)
    if account is not None:
        give(place.settings, account)
    try:
        yield place
    finally:
        place.close()


def get(address: str) -> tuple[int, str]:
    """GET: status and body."""
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def parsed(raw: bytes) -> EmailMessage:
    """A mail, to look at."""
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
