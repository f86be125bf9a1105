"""The unit file holds what systemd's own checks say of it."""

import re
import shutil
import subprocess
from pathlib import Path

UNIT = Path(__file__).parents[2] / "systemd" / "central-intake.service"
MOST_EXPOSED = 2.0


def analyze(*arguments: str) -> str:
    program = shutil.which("systemd-analyze")
    assert program, "systemd-analyze is missing: tests/servers/install.sh installs it"
    done = subprocess.run(
        [program, *arguments, str(UNIT)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_systemd_finds_nothing_wrong() -> None:
    assert analyze("verify", "--man=no") == ""


def test_the_service_is_little_exposed() -> None:
    said = analyze("security", "--offline=yes", "--no-pager")
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert found is not None
    assert float(found[1]) < MOST_EXPOSED


def test_its_memory_is_bounded() -> None:
    assert re.search(r"^MemoryMax=\d+M$", UNIT.read_text(), re.M)
