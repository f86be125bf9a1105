"""Who can be killed, and how."""

import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress

from intake.store.embedded import EmbeddedPostgres
from tests.crash.scene import Scene
from tests.daemon.process import Daemon
from tests.servers.process import children

Strike = Callable[[Scene, Daemon], None]


def kill_daemon(_scene: Scene, daemon: Daemon) -> None:
    """As the out-of-memory killer does."""
    daemon.kill()


def kill_postmaster(scene: Scene, _daemon: Daemon) -> None:
    """The embedded server's first process; its children notice and end by themselves."""
    _kill(_postmaster(scene.place.journal))


def kill_server(scene: Scene, _daemon: Daemon) -> None:
    """The embedded server with all its children."""
    kill_server_of(scene.place.journal)


def kill_server_of(journal: EmbeddedPostgres) -> None:
    """As `kill_server`, for a given folder."""
    postmaster = _postmaster(journal)
    backends = children(postmaster) if postmaster else []
    for process in (postmaster, *backends):
        _kill(process)


def kill_everything(scene: Scene, daemon: Daemon) -> None:
    """As when the machine loses power."""
    daemon.send(signal.SIGSTOP)
    kill_server(scene, daemon)
    daemon.kill()


def restart_dovecot(scene: Scene, _daemon: Daemon) -> None:
    """Every IMAP connection is cut, and for a moment there is no mailbox."""
    scene.dovecot.restart()


VICTIMS: Mapping[str, Strike] = {
    "daemon": kill_daemon,
    "postmaster": kill_postmaster,
    "server": kill_server,
    "everything": kill_everything,
    "dovecot": restart_dovecot,
}


def _postmaster(journal: EmbeddedPostgres) -> int | None:
    try:
        return int((journal.data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, IndexError, ValueError):
        return None


def _kill(process: int | None) -> None:
    if process is not None:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
