"""Starts the SMTP sink's process and collects what it has received."""

import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager


class Acknowledgements:
    """Times of acknowledgements, by the Message-ID that they answer."""

    def __init__(self, process: subprocess.Popen[str], port: int) -> None:
        self.pid = process.pid
        self.port = port
        self.taken: dict[str, float] = {}
        """When each message was first acknowledged (monotonic clock)."""
        self.repeated = 0
        self._lines = process.stdout
        self._changed = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._lines is not None
        for line in self._lines:
            at, _, identifier = line.strip().partition(" ")
            with self._changed:
                if identifier in self.taken:
                    self.repeated += 1
                else:
                    self.taken[identifier] = float(at)
                self._changed.notify_all()

    def wait_for(self, identifiers: Collection[str], patience: float) -> list[float]:
        """When each was acknowledged. Raises TimeoutError after `patience` seconds without a new
        one."""
        missing = set(identifiers)
        last_news = time.monotonic()
        with self._changed:
            while missing:
                self._changed.wait(1)
                left = {each for each in missing if each not in self.taken}
                if len(left) < len(missing):
                    last_news = time.monotonic()
                missing = left
                if missing and time.monotonic() - last_news > patience:
                    raise TimeoutError(f"{len(missing)} of {len(identifiers)} not acknowledged")
            return [self.taken[each] for each in identifiers]


@contextmanager
def sink() -> Iterator[Acknowledgements]:
    """A running SMTP sink."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.sink"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Acknowledgements(process, int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait()
