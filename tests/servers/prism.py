"""Twilio's API on loopback, played by Prism from Twilio's own description of it; others likewise.

With `--errors` a request that the description does not allow is answered with an error, so what
our side sends is checked word by word. The programs come from tests/servers/prism_install.sh.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import (
    HOST,
    ServerUnavailable,
    end,
    free_port,
    private_folder,
    unprivileged,
    wait_until,
)

PATIENCE = 90.0
"""Seconds: it reads a description of two megabytes first."""
NOT_THERE = "Prism is not there: run tests/servers/prism_install.sh"


@dataclass(frozen=True, slots=True)
class Prism:
    """A running one."""

    url: str
    """For `twilio.api_url` in the settings."""
    log_file: Path

    def complaints(self) -> list[str]:
        """What it has found wrong with requests so far."""
        lines = self.log_file.read_text(errors="replace").splitlines()
        return [line for line in lines if "did not pass" in line or "violation" in line.lower()]


def prism_folder() -> Path:
    """Where the install script puts it."""
    named = os.environ.get("INTAKE_TEST_PRISM")
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(cache) / "central-intake" / "prism"


def _playable(description: Path) -> str:
    """Twilio's examples of answers have addresses without a host, which its own schemas forbid."""
    tree = json.loads(description.read_text())
    answers = [tree["components"]["schemas"]]
    answers += [
        method["responses"]
        for path in tree["paths"].values()
        for method in path.values()
        if isinstance(method, dict) and "responses" in method
    ]
    while answers:
        node = answers.pop()
        if isinstance(node, dict):
            if node.get("format") == "uri":
                del node["format"]
            answers += node.values()
        elif isinstance(node, list):
            answers += node
    return json.dumps(tree)


@contextmanager
def running_prism() -> Iterator[Prism]:
    """Until the block ends. Raises ServerUnavailable where it was not installed."""
    description = prism_folder() / "twilio_api_v2010.json"
    if not description.exists():
        raise ServerUnavailable(NOT_THERE)
    with playing(_playable(description), "mock") as prism:
        yield prism


@contextmanager
def playing(description: str, command: str, *upstream: str) -> Iterator[Prism]:
    """Prism with a description: `mock` answers by itself, `proxy` asks the server `upstream`.

    Raises ServerUnavailable where it was not installed.
    """
    folder = prism_folder()
    node = shutil.which("node")
    if node is None or not (folder / ".complete").exists():
        raise ServerUnavailable(NOT_THERE)
    port = free_port()
    work = private_folder("prism", unprivileged())
    log_file, document = work / "log", work / "description.json"
    document.write_text(description)
    program = folder / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
    options = ["--errors", "-h", HOST, "-p", str(port)]
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [node, str(program), command, *options, str(document), *upstream],
            stdout=log,
            stderr=log,
        )
    try:

        def listening() -> bool:
            said = log_file.read_text(errors="replace")
            if process.poll() is not None:
                raise ServerUnavailable(f"Prism ended at start: {said[-2000:]}")
            return "Prism is listening" in said

        wait_until(listening, "Prism listens", PATIENCE)
        yield Prism(url=f"http://{HOST}:{port}", log_file=log_file)
    finally:
        end(process)
        shutil.rmtree(work, ignore_errors=True)
