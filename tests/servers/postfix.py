"""A Postfix of our own: SMTP with STARTTLS and SASL, delivering to Dovecot or into a Maildir.

Postfix needs root to start. Where the tests are not root's, `sudo` without a password does.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import postfix_config
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.dovecot import Dovecot
from tests.servers.process import (
    HOST,
    Account,
    ServerUnavailable,
    answers,
    find_program,
    free_port,
    private_folder,
    wait_until,
)

DOVECOT_DOMAIN = "r3izzy.test"
"""Mail to this domain goes into the mailboxes of the Dovecot beside it.

What is for a user whom Dovecot does not have comes back to its sender with a report (RFC 3464).
"""
DISCARD_DOMAIN = "discard.test"
"""What is sent here is accepted and thrown away: the fastest sink."""
REFUSED = "ninguem"
"""The local part, at any domain, of a recipient that is refused for good (550 5.1.1)."""
DEFERRED = "depois"
"""The local part of a recipient that is refused for now (451 4.3.0)."""


class Postfix:
    """Made by `running_postfix()`. Users and passwords are Dovecot's.

    Mail to DOVECOT_DOMAIN goes into Dovecot's mailboxes by LMTP, mail to DISCARD_DOMAIN nowhere,
    all other into one Maildir that tests can read. From loopback no login is needed. `port` speaks
    plain SMTP and STARTTLS, `tls_port` TLS from the start.
    """

    host = HOST

    def __init__(self, dovecot: Dovecot) -> None:
        self._dovecot = dovecot
        self._postfix = find_program("postfix")
        self._become_root = _become_root()
        entry = pwd.getpwnam("postfix")
        self._account = Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
        here = Account("", os.getuid(), os.getgid())
        self.folder = private_folder("postfix", here)
        self.port, self.tls_port = free_port(), free_port()
        self.certificates: Certificates = make_certificates(self.folder / "tls")
        self._write_files()

    def start(self) -> None:
        """Returns once it accepts connections."""
        said = self._run(self._postfix, "-c", str(self.folder / "etc"), "start")
        try:
            wait_until(lambda: answers(self.port), "Postfix answers")
        except TimeoutError as error:
            raise ServerUnavailable(f"Postfix did not start: {said} {self.log()}") from error

    def stop(self) -> None:
        """Returns once it is gone."""
        self._run(self._postfix, "-c", str(self.folder / "etc"), "stop")
        wait_until(lambda: not answers(self.port), "Postfix's port is free")

    def remove(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        self._run("rm", "-rf", str(self.folder))

    def delivered(self) -> list[bytes]:
        """What came into the Maildir so far, as Postfix wrote it, oldest first."""
        files = sorted((self.folder / "mail" / "sink" / "new").glob("*"), key=os.path.getmtime)
        return [file.read_bytes() for file in files]

    def wait_for(self, count: int) -> list[bytes]:
        """Until so many messages came into the Maildir. Returns all of them."""
        wait_until(lambda: len(self.delivered()) >= count, f"{count} messages at Postfix")
        return self.delivered()

    def log(self) -> str:
        """All it said so far."""
        log = self.folder / "postfix.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            [*self._become_root, *command], check=False, capture_output=True, text=True, timeout=60
        )
        return f"{done.stdout}{done.stderr}".strip()

    def _write_files(self) -> None:
        etc = self.folder / "etc"
        for name in ("etc", "queue", "data", "mail"):
            (self.folder / name).mkdir()
        (etc / "main.cf").write_text(
            postfix_config.main(
                self.folder,
                certificates=self.certificates,
                sasl_port=self._dovecot.ports.sasl,
                owner=self._account,
            )
        )
        (etc / "master.cf").write_text(
            postfix_config.MASTER.format(
                port=f"{HOST}:{self.port}", tls_port=f"{HOST}:{self.tls_port}"
            )
        )
        (etc / "transport").write_text(
            postfix_config.transport(DOVECOT_DOMAIN, self._dovecot.ports.lmtp, DISCARD_DOMAIN)
        )
        (etc / "recipients").write_text(postfix_config.recipients(REFUSED, DEFERRED))
        owner = f"{self._account.uid}:{self._account.gid}"
        self._run("chown", "-R", "0:0", str(self.folder))
        self._run("chown", owner, str(self.folder / "data"), str(self.folder / "mail"))


def _become_root() -> tuple[str, ...]:
    if os.getuid() == 0:
        return ()
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], check=False).returncode == 0:
        return ("sudo", "-n")
    raise ServerUnavailable("Postfix needs root, or sudo without a password")


@contextmanager
def running_postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    """A started Postfix, gone at the end. Raises ServerUnavailable where it cannot be had."""
    postfix = Postfix(dovecot)
    try:
        postfix.start()
        yield postfix
    finally:
        postfix.remove()
