"""The real daemon as a process of its own: started, watched by its log, signalled, killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.servers.process import Account, wait_until

INTAKE = str(Path(sys.executable).with_name("intake"))
"""The installed command, as an operator calls it."""
ENDS_WITHIN = 60.0
"""Seconds after which a daemon that was asked to stop counts as hung."""


class Daemon:
    """One `intake run`. After it ended it may be started again; the log goes on."""

    def __init__(
        self,
        settings: Path,
        log: Path,
        *,
        account: Account | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._settings = settings
        self.log_file = log
        self._account = account
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    # Its life

    def start(self) -> None:
        """Returns at once: `wait_ready` waits."""
        assert self._process is None, "it runs already"
        self.log_file.touch()
        self._log_start = self.log_file.stat().st_size
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*as_user(self._account), INTAKE, "-c", str(self._settings), "run"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(self._environment),
            )

    def wait_ready(self) -> None:
        """Until it says that it is. Fails with its log where it ends instead."""
        self.wait_event("daemon.ready")

    def wait_event(self, event: str) -> dict[str, Any]:
        """The first line of this run's log that tells of that event."""

        def happened() -> bool:
            if self.events(event):
                return True
            assert self.running, f"the daemon ended: {self.log()[-3000:]}"
            return False

        wait_until(happened, f"the daemon says {event}")
        return self.events(event)[0]

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """A signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL: it has no chance to tidy up. Harmless where it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def terminate(self) -> int:
        """SIGTERM, and wait. Returns the exit code."""
        self.ask_to_stop()
        return self.wait()

    def ask_to_stop(self) -> None:
        """SIGTERM."""
        self.send(signal.SIGTERM)

    def wait(self) -> int:
        """Until it ends by itself. Returns the exit code."""
        assert self._process is not None
        try:
            return self._process.wait(ENDS_WITHIN)
        finally:
            self.kill()

    # What it says

    def log(self) -> str:
        """Everything that this run has said so far."""
        with self.log_file.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode("utf-8", "replace")

    def events(self, name: str) -> list[dict[str, Any]]:
        """The lines of this run's log that tell of that event."""
        lines = (_parsed(line) for line in self.log().splitlines() if f'"{name}"' in line)
        return [line for line in lines if line.get("event") == name]

    @property
    def address(self) -> str:
        """Of its HTTP server."""
        return str(self.wait_event("http.serving")["address"])


def as_user(account: Account | None) -> list[str]:
    """What to put before a command so that `account` runs it, where we are root.

    The one right that is left to it is to read: where root's own Python runs the tests, nobody
    else could start it.
    """
    if account is None or account.uid == os.getuid():
        return []
    rights = "-all,+dac_read_search"
    return [
        "setpriv",
        f"--reuid={account.uid}",
        f"--regid={account.gid}",
        "--clear-groups",
        f"--inh-caps={rights}",
        f"--ambient-caps={rights}",
        "--",
    ]


def command(
    settings: Path, *arguments: str, account: Account | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """`intake -c settings …`, to its end."""
    return subprocess.run(
        [*as_user(account), INTAKE, "-c", str(settings), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=ENDS_WITHIN,
        check=False,
        cwd=cwd or "/",
        env=_environment({}),
    )


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "INTAKE_DEBUG")
    }
    return {**inherited, **extra}


def _parsed(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        # The last line may be half written.
        return {}
    return found if isinstance(found, dict) else {}
