"""A Dovecot of our own: IMAP with and without TLS and IDLE, LMTP, and SASL for Postfix.

It runs without root's rights (as `nobody` where the tests are root's), in a temporary folder.
"""

import base64
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

import imapclient
from joserfc import jwt
from joserfc.jwk import OctKey

from tests.servers import dovecot_config
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.process import (
    HOST,
    answers,
    end,
    find_program,
    free_ports,
    give,
    private_folder,
    unprivileged,
    wait_for_port,
    wait_until,
)

TOKEN_KEY = b"a secret of at least thirty-two bytes for HS256"
"""With which the access tokens are signed that this Dovecot accepts."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All on loopback. `plain` also speaks STARTTLS."""

    plain: int
    tls: int
    no_idle: int
    lmtp: int
    sasl: int
    tokens: int
    """Where it asks about access tokens that are no JWTs: nobody listens, but for a test's own."""


class Dovecot:
    """Made by `running_dovecot()`."""

    host = HOST
    no_idle_host = dovecot_config.NO_IDLE_HOST
    """Beside `ports.no_idle`: the same mailboxes on a server that lacks IDLE, MOVE and more."""

    def __init__(self) -> None:
        self._program = find_program("dovecot")
        self._doveadm = find_program("doveadm")
        self.account = unprivileged()
        self.folder = private_folder("dovecot", self.account)
        self.ports = Ports(*free_ports(6))
        self.certificates: Certificates = make_certificates(self.folder / "tls")
        self._passwords: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._write_files()

    # Its life

    def start(self) -> None:
        """Returns once it accepts connections."""
        log = self.folder / "dovecot.log"
        # Its options must come from the file: -c first, -F keeps it our child.
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # type: ignore[call-overload]
                [self._program, "-c", str(self.folder / "dovecot.conf"), "-F"],
                stdout=output,
                stderr=output,
                cwd=self.folder,
                start_new_session=True,
                **self.account.popen,
            )
        for port in (self.ports.plain, self.ports.tls):
            wait_for_port(port, self._process, log)

    def stop(self) -> None:
        """Returns once it is gone: the ports are free again and its own processes have ended."""
        if self._process is not None:
            end(self._process)
            # As systemd does: what serves an IDLE would live on for ten seconds.
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None
        wait_until(lambda: not answers(self.ports.plain), "Dovecot's port is free")

    @property
    def running(self) -> bool:
        return self._process is not None

    def restart(self) -> None:
        """As after an upgrade: every connection is cut."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    # Its mailboxes

    def add_user(self, user: str, password: str = "segredo") -> None:
        """A user with an empty INBOX. Each has a file: a common one is read once a second only."""
        self._passwords[user] = password
        (self.folder / "users" / user).write_text(f"{user}:{{PLAIN}}{password}::::::\n")

    def password(self, user: str) -> str:
        return self._passwords[user]

    def append(
        self,
        user: str,
        raw: bytes,
        folder: str = "INBOX",
        *,
        flags: Sequence[str] = (),
        received_at: datetime | None = None,
    ) -> int:
        """Deliver by IMAP APPEND. Returns the UID.

        An IDLE shows it half a second later: that delay is built into Dovecot.
        """
        with self.client(user) as client:
            return append(client, raw, folder, flags=flags, received_at=received_at)

    def append_many(self, user: str, raws: Sequence[bytes], folder: str = "INBOX") -> list[int]:
        """As `append`, over one connection."""
        with self.client(user) as client:
            return [append(client, raw, folder) for raw in raws]

    @contextmanager
    def client(self, user: str) -> Iterator[imapclient.IMAPClient]:
        """A logged-in client, to look at the mailbox as a person would."""
        with imapclient.IMAPClient(HOST, self.ports.plain, ssl=False, timeout=30) as client:
            client.login(user, self._passwords[user])
            yield client

    def uids(self, user: str, folder: str = "INBOX") -> list[int]:
        """What is in a folder now; a folder that does not exist is empty."""
        with self.client(user) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            return sorted(client.search("ALL"))

    def flags(self, user: str, uid: int, folder: str = "INBOX") -> set[bytes]:
        """Flags and keywords of one message, without \\Recent."""
        with self.client(user) as client:
            client.select_folder(folder, readonly=True)
            return set(client.get_flags([uid])[uid]) - {rb"\Recent"}

    def expunge(self, user: str, uids: Sequence[int], folder: str = "INBOX") -> None:
        """Delete messages for good."""
        with self.client(user) as client:
            client.select_folder(folder)
            client.delete_messages(uids)
            client.expunge()

    def recreate_folder(self, user: str, folder: str) -> None:
        """Delete and create: the folder is empty and has another UIDVALIDITY."""
        with self.client(user) as client:
            before = uid_validity(client, folder)
            client.delete_folder(folder)
            # UIDVALIDITY is in whole seconds.
            wait_until(lambda: time.time() >= before + 1, "another second")
            client.create_folder(folder)
            if uid_validity(client, folder) == before:
                raise AssertionError("UIDVALIDITY did not change")

    def kick(self, user: str) -> None:
        """Cut the user's connections, as an administrator would (doveadm kick)."""
        config = str(self.folder / "dovecot.conf")
        subprocess.run(  # type: ignore[call-overload]
            [self._doveadm, "-c", config, "kick", user],
            check=False,
            capture_output=True,
            **self.account.popen,
        )

    # Its tokens

    def access_token(self, user: str, *, expires_in: float = 3600, key: bytes = TOKEN_KEY) -> str:
        """A JWT with which `user` can log in (XOAUTH2, OAUTHBEARER) for so many seconds."""
        now = int(time.time())
        claims = {
            "iss": "test",
            "sub": user,
            "email": user,
            "iat": now - 10,
            "nbf": now - 10,
            "exp": int(now + expires_in),
        }
        return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key))

    def log(self) -> str:
        """All it said so far."""
        return (self.folder / "dovecot.log").read_text(errors="replace")

    def _write_files(self) -> None:
        keys = self.folder / "jwk" / "default" / "HS256"
        keys.mkdir(parents=True)
        (keys / "default").write_bytes(base64.b64encode(TOKEN_KEY))
        (self.folder / "users").mkdir()
        (self.folder / "dovecot.log").touch()
        (self.folder / "oauth2.conf").write_text(dovecot_config.oauth2(self.folder))
        (self.folder / "introspection.conf").write_text(
            dovecot_config.introspection(self.ports.tokens)
        )
        (self.folder / "dovecot.conf").write_text(
            dovecot_config.main(
                self.folder,
                account=self.account,
                ports=self.ports,
                certificates=self.certificates,
            )
        )
        give(self.folder, self.account)


def append(
    client: imapclient.IMAPClient,
    raw: bytes,
    folder: str = "INBOX",
    *,
    flags: Sequence[str] = (),
    received_at: datetime | None = None,
) -> int:
    """APPEND over an open connection. Returns the UID (RFC 4315, APPENDUID)."""
    said: bytes = client.append(folder, raw, flags=flags, msg_time=received_at)
    return int(said.partition(b"APPENDUID ")[2].split()[1].rstrip(b"]"))


def uid_validity(client: imapclient.IMAPClient, folder: str) -> int:
    value: int = client.folder_status(folder, ["UIDVALIDITY"])[b"UIDVALIDITY"]
    return value


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """A started Dovecot, gone at the end. Raises ServerUnavailable where it cannot be had."""
    dovecot = Dovecot()
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.remove()
