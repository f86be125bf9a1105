"""What every test server needs: free ports, a temporary folder, an unprivileged user, waiting."""

import itertools
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
PATIENCE = 30.0
"""Seconds that a server may take to come up or go down on a loaded machine."""


PORTS = 2_000
"""Ports that each process of the tests chooses from."""


class ServerUnavailable(Exception):
    """the server cannot be had on this machine"""


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system user that a server runs as."""

    name: str
    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, object]:
        """Arguments for subprocess that make the child run as this user."""
        if os.getuid() == self.uid:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def unprivileged() -> Account:
    """This user; where it is root, `nobody`."""
    entry = pwd.getpwuid(os.getuid()) if os.getuid() else pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def free_port() -> int:
    """A TCP port of loopback that nobody listens on."""
    [port] = free_ports(1)
    return port


def free_ports(count: int) -> list[int]:
    """So many different ones, none of which was given before."""
    return list(itertools.islice(_free(), count))


def _free() -> Iterator[int]:
    # Not what the system gives: that it gives to anybody's outgoing connection a moment later.
    for port in _ports:
        with socket.socket() as probe:
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        yield port


def _ports_of_this_process() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = 10_000 + worker % 10 * PORTS
    # Somewhere in its range: another run of the tests may go on beside this one.
    start = random.randrange(PORTS)
    return itertools.cycle(first + (start + number) % PORTS for number in range(PORTS))


_ports = _ports_of_this_process()


def private_folder(name: str, owner: Account) -> Path:
    """A temporary folder that `owner` can write in. The path is short: sockets go there."""
    folder = Path(tempfile.mkdtemp(prefix=f"ci-{name}-", dir="/tmp"))
    folder.chmod(0o755)
    if os.getuid() != owner.uid:
        os.chown(folder, owner.uid, owner.gid)
    return folder


def give(path: Path, owner: Account) -> Path:
    """Make `path` and all in it belong to `owner`."""
    if os.getuid() != owner.uid:
        for each in (path, *path.rglob("*")):
            os.chown(each, owner.uid, owner.gid)
    return path


def find_program(name: str, *places: str) -> str:
    """The program's path. Raises ServerUnavailable where it is not installed."""
    search = os.pathsep.join((*places, os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
    found = shutil.which(name, path=search)
    if found is None:
        raise ServerUnavailable(f"{name} is not installed: run tests/servers/install.sh")
    return found


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Look every few milliseconds. Raises TimeoutError saying `what` did not come true."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {patience:.0f} s")
        time.sleep(0.01)


def answers(port: int) -> bool:
    """Whether somebody accepts connections on that port of loopback."""
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server accepts connections. Raises ServerUnavailable with its log if it ends."""

    def ready() -> bool:
        if process.poll() is not None:
            said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise ServerUnavailable(f"ended at start with {process.returncode}: {said}")
        return answers(port)

    wait_until(ready, f"port {port} answers")


def children(parent: int) -> list[int]:
    """The processes that it has started and that live."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == parent:
            found.append(int(entry.name))
    return found


def end(process: subprocess.Popen[bytes]) -> None:
    """Terminate, and be sure that it is gone."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE)
